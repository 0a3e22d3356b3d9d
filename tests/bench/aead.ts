/**
 * `npm run bench:aead`: what each provider of ChaCha20-Poly1305 does in a second of processor time, with records as long as Shadowsocks'
 * longest. Writes docs/BENCHMARKS-CIPHERS.md.
 */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { type Aead, createAead } from '../../main/engine/aead.ts';

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
function report(provider: string, { seal, open }: Box): void {
  const sealed = seal(nonce, plain);
  const rates = [measure(() => seal(nonce, plain)), measure(() => open(nonce, sealed))].map(Math.round);
  lines.push(`| ${provider} | ${rates[0]} | ${rates[1]} |`);
}

report('AES-256-GCM by node:crypto, for comparison', createAead('aes-256-gcm', key));
report('node:crypto, where it has it (plain Node)', createAead('chacha20-poly1305', key));
await import('../rigs/boringssl.ts');
const again = '../../main/engine/aead.ts?boringssl'; // once more, now that node:crypto lacks it
const elsewhere: { createAead: typeof createAead } = await import(again);
report('libsodium-wrappers, chosen where it has none (Electron)', elsewhere.createAead('chacha20-poly1305', key));
report('@noble/ciphers', {
  seal: (nonce, plain) => Buffer.from(chacha20poly1305(key, nonce).encrypt(plain)),
  open: (nonce, sealed) => Buffer.from(chacha20poly1305(key, nonce).decrypt(sealed)),
});

const text = `# Benchmarks of ciphers

Written by \`npm run bench:aead\` on ${new Date().toISOString().slice(0, 10)}.

| ChaCha20-Poly1305, MB for each second of processor | seal | open |
| --- | ---: | ---: |
${lines.join('\n')}

Records of ${recordBytes} bytes, the best of ${rounds} rounds of ${roundMs} ms each. Electron's crypto is played by a profile that takes from node:crypto
what BoringSSL lacks. At least 150 MB/s is wanted there.

Machine: ${os.cpus()[0]?.model ?? 'unknown'}, ${os.cpus().length} cores. Node ${process.versions.node}, OpenSSL ${process.versions.openssl}.
`;
await writeFile(join(import.meta.dirname, '../../docs/BENCHMARKS-CIPHERS.md'), text);
process.stdout.write(text);
