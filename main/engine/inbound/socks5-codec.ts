import { EngineError } from '../errors.ts';
import type { Destination } from '../outbound.ts';
import type { Decode } from '../read-message.ts';
import { decodeSocksAddress, encodeSocksAddress } from '../socks-address.ts';

/** The longest message of a client: user name and password (RFC 1929, section 2). */
export const longestMessageBytes = 513;

/** RFC 1928, section 3. */
export const methods = { none: 0x00, login: 0x02, noneAcceptable: 0xff } as const;

/** RFC 1928, section 4. */
export const connectCommand = 1;
export const associateCommand = 3;

/** The methods that the client offers (RFC 1928, section 3). */
export const decodeGreeting: Decode<Uint8Array> = (bytes) => {
  if (bytes.length > 0 && bytes[0] !== 5) throw new EngineError('bad-request', 'not SOCKS5');
  const length = 2 + (bytes[1] ?? 0);
  return bytes.length < 2 || bytes.length < length ? null : { value: bytes.subarray(2, length), length };
};

export function encodeChoice(method: number): Buffer {
  return Buffer.of(5, method);
}

/** User name and password (RFC 1929, section 2). */
export const decodeLogin: Decode<{ readonly username: string; readonly password: string }> = (bytes) => {
  if (bytes.length > 0 && bytes[0] !== 1) throw new EngineError('bad-request', 'not a SOCKS5 login');
  const usernameEnd = 2 + (bytes[1] ?? 0);
  if (bytes.length <= usernameEnd) return null;
  const length = usernameEnd + 1 + bytes.readUInt8(usernameEnd);
  if (bytes.length < length) return null;
  return { value: { username: bytes.toString('utf8', 2, usernameEnd), password: bytes.toString('utf8', usernameEnd + 1, length) }, length };
};

export function encodeLoginStatus(isAccepted: boolean): Buffer {
  return Buffer.of(1, isAccepted ? 0 : 1);
}

/** `destination` is null where the address type is unknown, and so the length too: nothing after it can be read. */
export interface Socks5Request {
  readonly command: number;
  readonly destination: Destination | null;
}

/** What the client wants (RFC 1928, sections 4 and 5). */
export const decodeRequest: Decode<Socks5Request> = (bytes) => {
  if (bytes.length > 0 && bytes[0] !== 5) throw new EngineError('bad-request', 'not SOCKS5');
  const address = bytes.length < 5 ? null : decodeSocksAddress(bytes.subarray(3));
  return address && { value: { command: bytes.readUInt8(1), destination: address.value }, length: 3 + address.length };
};

/** RFC 1928, section 6. */
export const replies = {
  granted: 0,
  failed: 1,
  forbidden: 2,
  networkUnreachable: 3,
  hostUnreachable: 4,
  refused: 5,
  expired: 6,
  commandNotSupported: 7,
  addressTypeNotSupported: 8,
} as const;

const nowhere: Destination = { host: '0.0.0.0', port: 0 };

/**
 * A reply (RFC 1928, section 6). Ten bytes, with an empty IPv4 address, unless an address matters: several clients do not read another length,
 * and some look at the reserved byte.
 */
export function encodeReply(reply: number, bound = nowhere): Buffer {
  return Buffer.concat([Buffer.of(5, reply, 0), encodeSocksAddress(bound)]);
}
