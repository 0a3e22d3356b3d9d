import { createCipheriv, randomBytes, randomInt } from 'node:crypto';
import { blake3 } from '@noble/hashes/blake3.js';
import { type AeadName, tagBytes } from '../../aead.ts';
import { EngineError } from '../../errors.ts';
import type { Destination } from '../../outbound.ts';
import { encodeSocksAddress } from '../../socks-address.ts';
import type { Coding } from '../../transports/coded-stream.ts';
import { createStepReader, type Step } from '../step-reader.ts';
import { sealChunks } from './aead-coding.ts';
import { createBoxes, uint16 } from './boxes.ts';
import { bodyStep, chunkSteps } from './chunk-steps.ts';
import type { Method } from './method.ts';

const longestChunkBytes = 0xffff;
const mostPaddingBytes = 900;
/** Clocks may be so many seconds apart. */
const mostSecondsApart = 30;
export const types = { fromClient: 0, fromServer: 1 } as const;

/** BLAKE3's key derivation; no crypto of Node has it. */
function derive(purpose: string, key: Buffer, salt: Buffer): Buffer {
  return Buffer.from(blake3(Buffer.concat([key, salt]), { context: Buffer.from(purpose), dkLen: key.length }));
}

export const deriveSessionKey = (key: Buffer, salt: Buffer) => derive('shadowsocks 2022 session subkey', key, salt);
export const deriveIdentityKey = (key: Buffer, salt: Buffer) => derive('shadowsocks 2022 identity subkey', key, salt);

/** What stands for a key in the header that the one before it seals (SIP023). */
export function keyHash(key: Buffer): Buffer {
  return Buffer.from(blake3(key)).subarray(0, 16);
}

/** One block of AES. */
export function encryptBlock(key: Buffer, block: Buffer): Buffer {
  const cipher = createCipheriv(`aes-${key.length * 8}-ecb`, key, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]);
}

function identityHeaders(keys: readonly Buffer[], salt: Buffer): Buffer[] {
  return keys.slice(1).map((next, i) => encryptBlock(deriveIdentityKey(keys[i] as Buffer, salt), keyHash(next)));
}

/** Seconds since 1970, eight bytes. */
export function timestamp(): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000)));
  return bytes;
}

/** Throws EngineError `proxy-clock` unless the clocks agree: what is older may be said again by somebody else. */
export function checkTimestamp(bytes: Buffer): void {
  const apart = Math.abs(Number(bytes.readBigUInt64BE()) - Date.now() / 1000);
  if (!(apart <= mostSecondsApart + 1)) throw new EngineError('proxy-clock');
}

/** Never the same length for what is short; with no words at all some is required. */
export function paddingFor(payloadBytes: number): Buffer {
  const length = payloadBytes < mostPaddingBytes ? randomInt(1, mostPaddingBytes + 1) : 0;
  return Buffer.concat([uint16(length), randomBytes(length)]);
}

/** Shadowsocks 2022 (SIP022), with identities (SIP023). Salt, headers and first words are one write. */
export function createCoding2022({ aead, keyBytes, keys }: Method, destination: Destination): Coding {
  const key = keys.at(-1) as Buffer;
  const salt = randomBytes(keyBytes);
  const boxes = createBoxes(aead, deriveSessionKey(key, salt));
  let address: Buffer | null = encodeSocksAddress(destination);

  const sealHead = (to: Buffer, plain: Buffer): Buffer[] => {
    const padding = paddingFor(plain.length);
    const first = plain.subarray(0, longestChunkBytes - to.length - padding.length);
    const variable = Buffer.concat([to, padding, first]);
    const fixed = Buffer.concat([Buffer.of(types.fromClient), timestamp(), uint16(variable.length)]);
    const rest = plain.subarray(first.length);
    const head = [salt, ...identityHeaders(keys, salt), boxes.seal(fixed), boxes.seal(variable)];
    return [...head, ...sealChunks(boxes, rest, longestChunkBytes)];
  };
  return {
    encode(plain) {
      const sealed = address === null ? sealChunks(boxes, plain, longestChunkBytes) : sealHead(address, plain);
      address = null;
      return Buffer.concat(sealed);
    },
    ...createStepReader(answerSteps(aead, key, salt)),
  };
}

/** The answer: salt, a header that must fit our request, and chunks, of which the first has its length in the header. */
function answerSteps(aead: AeadName, key: Buffer, salt: Buffer): Step {
  const header = (open: (sealed: Buffer) => Buffer): Step => ({
    bytes: 1 + 8 + salt.length + 2 + tagBytes,
    read(sealed) {
      const plain = open(sealed);
      const end = 9 + salt.length;
      if (plain[0] !== types.fromServer || !plain.subarray(9, end).equals(salt)) throw new EngineError('proxy-protocol', 'not our answer');
      checkTimestamp(plain.subarray(1, 9));
      return bodyStep(open, plain.readUInt16BE(end), chunkSteps(open, longestChunkBytes));
    },
  });
  return { bytes: salt.length, mayEnd: true, read: (theirSalt) => header(createBoxes(aead, deriveSessionKey(key, theirSalt)).open) };
}
