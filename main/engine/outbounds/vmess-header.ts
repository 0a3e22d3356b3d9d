import { type Cipheriv, createCipheriv, hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { createAead, tagBytes } from '../aead.ts';
import { EngineError } from '../errors.ts';
import type { Destination } from '../outbound.ts';
import { drawRandom } from '../random-bytes.ts';
import type { Decode } from '../read-message.ts';
import { encodePortAndAddress } from './vless-codec.ts';
import { deriveKey, deriveKey16 } from './vmess-kdf.ts';

/** What a client may ask for, and how (v2fly's VMess protocol, as all that is here). */
export const commands = { tcp: 1, udp: 2 } as const;
export const options = { chunks: 0x01, masked: 0x04, padded: 0x08, authenticatedLength: 0x10 } as const;

export interface Session {
  readonly key: Buffer; // 16 bytes, of the request's body, as the next
  readonly iv: Buffer; // 16 bytes
  readonly tag: number; // which the answer repeats
}

export function createSession(): Session {
  return { key: drawRandom(16), iv: drawRandom(16), tag: drawRandom(1).readUInt8() };
}

/** The key that all commands of an id are under. */
export function commandKey(id: Buffer): Buffer {
  return hash('md5', Buffer.concat([id, Buffer.from('c48619fe-8f02-49e0-b9e9-edf763e17e21')]), 'buffer');
}

export interface Request {
  readonly command: number;
  readonly option: number;
  readonly security: number;
  readonly destination: Destination;
}

/** What all requests of one id have in common. */
export interface Commander {
  readonly key: Buffer; // as `commandKey` gives it
  /** Tells the server who asks and when, so that nothing works twice. */
  sealAuthId(nowMs: number, random: Buffer): Buffer;
}

export function createCommander(key: Buffer): Commander {
  // In ECB each block stands alone, so that one cipher does for all of them.
  let cipher: Cipheriv | undefined; // not before it is needed: there may be 50,000 ids
  const createCipher = () => createCipheriv('aes-128-ecb', deriveKey16(key, 'AES Auth ID Encryption'), null).setAutoPadding(false);
  return {
    key,
    sealAuthId(nowMs, random) {
      const plain = Buffer.alloc(16);
      plain.writeBigInt64BE(BigInt(Math.floor(nowMs / 1000)));
      random.copy(plain, 8);
      plain.writeUInt32BE(crc32(plain.subarray(0, 12)), 12);
      cipher ??= createCipher();
      return cipher.update(plain);
    },
  };
}

/** The head of a request, for a server whose clock is within two minutes of `nowMs`. */
export function sealRequest({ key, sealAuthId }: Commander, session: Session, request: Request, nowMs: number): Buffer {
  const nonce = drawRandom(8);
  const header = encodeHeader(session, request, drawRandom(drawRandom(1).readUInt8() & mostPaddingBytes));
  const authId = sealAuthId(nowMs, drawRandom(4));
  const length = Buffer.of(header.length >> 8, header.length & 0xff);
  const sealFor = (purpose: string, plain: Buffer) =>
    createAead('aes-128-gcm', deriveKey16(key, `VMess Header AEAD Key${purpose}`, authId, nonce)).seal(
      deriveKey(key, `VMess Header AEAD Nonce${purpose}`, authId, nonce).subarray(0, 12),
      plain,
      authId,
    );
  return Buffer.concat([authId, sealFor('_Length', length), nonce, sealFor('', header)]);
}

const mostPaddingBytes = 15;

function encodeHeader({ key, iv, tag }: Session, { command, option, security, destination }: Request, padding: Buffer): Buffer {
  const fields = Buffer.of(tag, option, (padding.length << 4) | security, 0, command);
  const header = Buffer.concat([Buffer.of(1), iv, key, fields, encodePortAndAddress(destination), padding]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(fnv1a(header));
  return Buffer.concat([header, check]);
}

function fnv1a(bytes: Buffer): number {
  return bytes.reduce((sum, byte) => Math.imul(sum ^ byte, 0x01000193), 0x811c9dc5) >>> 0;
}

/** What the answer and its body are under. */
export function answerSession({ key, iv, tag }: Session): Session {
  const half = (bytes: Buffer) => hash('sha256', bytes, 'buffer').subarray(0, 16);
  return { key: half(key), iv: half(iv), tag };
}

/** Opens the head of an answer. Throws `proxy-protocol` where it is not under the keys, or answers another request. */
export function createAnswerDecoder({ key, iv, tag }: Session): Decode<null> {
  const openFor = (purpose: string, boxed: Buffer) =>
    createAead('aes-128-gcm', deriveKey16(key, `AEAD Resp Header${purpose} Key`)).open(
      deriveKey(iv, `AEAD Resp Header${purpose} IV`).subarray(0, 12),
      boxed,
    );
  return (bytes) => {
    if (bytes.length < 2 + tagBytes) return null;
    const end = 2 + tagBytes + openFor(' Len', bytes.subarray(0, 2 + tagBytes)).readUInt16BE() + tagBytes;
    if (bytes.length < end) return null;
    if (openFor('', bytes.subarray(2 + tagBytes, end))[0] !== tag)
      throw new EngineError('proxy-protocol', 'VMess answer to another request');
    return { value: null, length: end };
  };
}

/** The longest head of an answer. */
export const longestAnswerBytes = 2 + 65_535 + 2 * tagBytes;
