import { hash } from 'node:crypto';
import { shake128 } from '@noble/hashes/sha3.js';
import { createAead, tagBytes } from '../aead.ts';
import { EngineError } from '../errors.ts';
import { drawRandom } from '../random-bytes.ts';
import { createStepReader, type Step, type StepReader } from './step-reader.ts';
import { options, type Session } from './vmess-header.ts';
import { deriveKey16 } from './vmess-kdf.ts';

/** How the bodies of both directions are sealed (v2fly's VMess protocol). `zero` is not cut into chunks at all. */
export const securities = { 'aes-128-gcm': 3, 'chacha20-poly1305': 4, none: 5, zero: 5 } as const;
export type Security = keyof typeof securities;

/** What a request with this security wants; a length is hidden under a mask and padding where nothing else seals it. */
export function optionsFor(security: Security, authenticatesLength: boolean): number {
  if (security === 'zero') return 0;
  if (security === 'none') return options.chunks | options.masked;
  return options.chunks | options.masked | options.padded | (authenticatesLength ? options.authenticatedLength : 0);
}

/** The most that one chunk carries. */
export const longestChunkBytes = 16_000;
const sizeBytes = 2;

/** One direction of a body: the lengths, paddings and nonces of its chunks, in their order. */
interface Chunks {
  readonly headBytes: number;
  readonly overheadBytes: number;
  nextPadding(): number;
  sealSize(size: number): Buffer; // of ciphertext, tag and padding together
  openSize(head: Buffer): number;
  seal(plain: Buffer): Buffer;
  open(boxed: Buffer): Buffer;
}

function createChunks({ key, iv }: Session, security: Security, option: number): Chunks {
  const box = createBox(security, key, iv);
  const masks = createMasks(iv);
  const nextPadding = () => (option & options.padded ? masks() % 64 : 0);
  if ((option & options.authenticatedLength) === 0) {
    return {
      headBytes: sizeBytes,
      nextPadding,
      sealSize: (size) => uint16(size ^ masks()),
      openSize: (head) => head.readUInt16BE() ^ masks(),
      ...box,
    };
  }
  const lengths = createBox(security, deriveKey16(key, 'auth_len'), iv);
  return {
    headBytes: sizeBytes + lengths.overheadBytes,
    nextPadding,
    sealSize: (size) => lengths.seal(uint16(size - lengths.overheadBytes)),
    openSize: (head) => lengths.open(head).readUInt16BE() + lengths.overheadBytes,
    ...box,
  };
}

function createBox(security: Security, key: Buffer, iv: Buffer): Pick<Chunks, 'overheadBytes' | 'seal' | 'open'> {
  if (security === 'none' || security === 'zero') return { overheadBytes: 0, seal: (plain) => plain, open: (boxed) => boxed };
  const aead = createAead(security, security === 'aes-128-gcm' ? key : chachaKey(key));
  const nonce = Buffer.concat([Buffer.alloc(2), iv.subarray(2, 12)]);
  let counter = 0;
  const nextNonce = () => {
    nonce.writeUInt16BE(counter++ & 0xffff);
    return nonce;
  };
  return { overheadBytes: tagBytes, seal: (plain) => aead.seal(nextNonce(), plain), open: (boxed) => aead.open(nextNonce(), boxed) };
}

function chachaKey(key: Buffer): Buffer {
  const first = hash('md5', key, 'buffer');
  return Buffer.concat([first, hash('md5', first, 'buffer')]);
}

const shakeBlockBytes = 168;

/** Sixteen bits at a time of SHAKE128. */
function createMasks(iv: Buffer): () => number {
  const stream = shake128.create({}).update(iv);
  let block = Buffer.alloc(0);
  let at = 0;
  return () => {
    if (at === block.length) {
      block = Buffer.from(stream.xof(shakeBlockBytes));
      at = 0;
    }
    at += 2;
    return block.readUInt16BE(at - 2);
  };
}

function uint16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 0xff);
}

/** Seals what goes out, in as many chunks as it needs; of nothing one chunk too, which is the end. */
export function createBodyWriter(session: Session, security: Security, option: number): (plain: Buffer) => Buffer[] {
  if (security === 'zero') return (plain) => [plain];
  const chunks = createChunks(session, security, option);
  return (plain) => {
    const wire: Buffer[] = [];
    for (let at = 0; at === 0 || at < plain.length; at += longestChunkBytes) {
      const padding = drawRandom(chunks.nextPadding());
      const part = plain.subarray(at, at + longestChunkBytes);
      const size = chunks.sealSize(part.length + chunks.overheadBytes + padding.length);
      wire.push(size, chunks.seal(part), padding);
    }
    return wire;
  };
}

/** Opens what comes in, cut anywhere; null is the end. Throws `proxy-protocol` where a chunk is not under the keys. */
export function createBodyReader(session: Session, security: Security, option: number): StepReader['decode'] {
  if (security === 'zero') return (wire) => [wire];
  const chunks = createChunks(session, security, option);
  let padding = 0;
  const head: Step = {
    bytes: chunks.headBytes,
    read(sealed) {
      padding = chunks.nextPadding(); // before the size, which the same bits mask
      const bytes = chunks.openSize(sealed);
      if (bytes < padding + chunks.overheadBytes) throw new EngineError('proxy-protocol', 'VMess chunk');
      return { bytes, read: readBody };
    },
  };
  const readBody: Step['read'] = (boxed, emit) => {
    const plain = chunks.open(boxed.subarray(0, boxed.length - padding));
    emit(plain.length === 0 ? null : plain);
    return head;
  };
  return createStepReader(head).decode;
}
