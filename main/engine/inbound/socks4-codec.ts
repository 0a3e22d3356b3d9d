import { EngineError } from '../errors.ts';
import type { Destination } from '../outbound.ts';
import type { Decode } from '../read-message.ts';

export const connectCommand = 1;

export interface Socks4Request {
  readonly command: number;
  readonly destination: Destination;
}

/** A request of SOCKS4 or, where the address is 0.0.0.x, of SOCKS4a: then the name comes after the user id, which nobody checks. */
export const decodeRequest: Decode<Socks4Request> = (bytes) => {
  if (bytes.length > 0 && bytes[0] !== 4) throw new EngineError('bad-request', 'not SOCKS4');
  const userEnd = bytes.indexOf(0, 8);
  if (userEnd === -1) return null;
  const command = bytes.readUInt8(1);
  const port = bytes.readUInt16BE(2);
  const isNamed = bytes.readUInt32BE(4) > 0 && bytes.readUInt32BE(4) < 256;
  if (!isNamed) return { value: { command, destination: { host: bytes.subarray(4, 8).join('.'), port } }, length: userEnd + 1 };
  const nameEnd = bytes.indexOf(0, userEnd + 1);
  if (nameEnd === -1) return null;
  return { value: { command, destination: { host: bytes.toString('latin1', userEnd + 1, nameEnd), port } }, length: nameEnd + 1 };
};

/** 90 is granted, 91 refused or failed: SOCKS4 has no reasons. */
export function encodeReply(isGranted: boolean): Buffer {
  return Buffer.of(0, isGranted ? 90 : 91, 0, 0, 0, 0, 0, 0);
}
