/**
 * `npm run bench:aead`: what each provider of ChaCha20-Poly1305 does in a second of processor time, with records as long as Shadowsocks'
 * longest. Writes its section of docs/BENCHMARKS.md.
 */
import { randomBytes } from 'node:crypto';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { type Aead, createAead } from '../../main/engine/aead.ts';
import { writeSection } from './document.ts';
import { atLeast, judged, type Must } from './verdict.ts';

const recordBytes = 16_383;
const rounds = 3;
const roundMs = 700;
const key = randomBytes(32);
const nonce = randomBytes(12);
const plain = randomBytes(recordBytes);

type Box = Pick<Aead, 'seal' | 'open'>;

/** MB/s, the best of a few rounds. */
function measure(work: () => void): number {
  const rates = Array.from({ length: rounds }, () => {
    const started = performance.now();
    const before = process.cpuUsage();
    let count = 0;
    for (; performance.now() - started < roundMs; count++) work();
    const { user, system } = process.cpuUsage(before);
    return (count * recordBytes) / (user + system);
  });
  return Math.max(...rates);
}

const lines: string[] = [];
function report(provider: string, { seal, open }: Box, must?: Must): void {
  const sealed = seal(nonce, plain);
  const rates = [measure(() => seal(nonce, plain)), measure(() => open(nonce, sealed))];
  lines.push(`| ${provider} | ${rates.map(Math.round).join(' | ')} | ${judged(Math.min(...rates), must)} |`);
}

report('AES-256-GCM by node:crypto, for comparison', createAead('aes-256-gcm', key));
report('node:crypto, where it has it (plain Node)', createAead('chacha20-poly1305', key));
await import('../rigs/boringssl.ts');
const again = '../../main/engine/aead.ts?boringssl'; // once more, now that node:crypto lacks it
const elsewhere: { createAead: typeof createAead } = await import(again);
report('libsodium-wrappers, chosen where it has none (Electron)', elsewhere.createAead('chacha20-poly1305', key), atLeast(150));
report('@noble/ciphers', {
  seal: (nonce, plain) => Buffer.from(chacha20poly1305(key, nonce).encrypt(plain)),
  open: (nonce, sealed) => Buffer.from(chacha20poly1305(key, nonce).decrypt(sealed)),
});

const body = `| ChaCha20-Poly1305, MB for each second of processor | seal | open | must | verdict |
| --- | ---: | ---: | --- | --- |
${lines.join('\n')}

Records of ${recordBytes} bytes, the best of ${rounds} rounds of ${roundMs} ms each. Electron's crypto is played by a profile that takes from node:crypto
what BoringSSL lacks.
`;
writeSection('Ciphers', 'npm run bench:aead', body);
