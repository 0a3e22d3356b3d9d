/**
 * `npm run bench:aead`: what each provider of ChaCha20-Poly1305 does in a second of processor time, with records as long as Shadowsocks'
 * longest.
 */
import { randomBytes } from 'node:crypto';
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

function report(provider: string, { seal, open }: Box): void {
  const sealed = seal(nonce, plain);
  const rates = [measure(() => seal(nonce, plain)), measure(() => open(nonce, sealed))].map(Math.round);
  process.stdout.write(`${provider}: ${rates[0]} MB/s to seal, ${rates[1]} MB/s to open\n`);
}

report('aes-256-gcm of node:crypto, for comparison', createAead('aes-256-gcm', key));
report('OpenSSL (plain Node)', createAead('chacha20-poly1305', key));
await import('../rigs/boringssl.ts');
const again = '../../main/engine/aead.ts?boringssl'; // once more, now that node:crypto lacks it
const elsewhere: { createAead: typeof createAead } = await import(again);
report('libsodium (chosen where node:crypto has none)', elsewhere.createAead('chacha20-poly1305', key));
report('@noble/ciphers', {
  seal: (nonce, plain) => Buffer.from(chacha20poly1305(key, nonce).encrypt(plain)),
  open: (nonce, sealed) => Buffer.from(chacha20poly1305(key, nonce).decrypt(sealed)),
});
