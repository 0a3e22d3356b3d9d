import { isIPv6 } from 'node:net';
import type { ErrorCode } from '../../../preload/contract.ts';
import { EngineError } from '../errors.ts';
import type { Destination } from '../outbound.ts';
import type { Decode } from '../read-message.ts';
import { decodeSocksAddress, encodeSocksAddress, socksAddressLength } from '../socks-address.ts';
import type { Login } from './definition.ts';

/** The longest message of a server: a reply with a name of 255 bytes (RFC 1928, section 6). */
export const longestReplyBytes = 262;

/** RFC 1928, section 3. */
export const methods = { none: 0x00, login: 0x02, noneAcceptable: 0xff } as const;

/** The greeting (RFC 1928, section 3). */
export function encodeGreeting(offered: readonly number[]): Buffer {
  return Buffer.from([5, offered.length, ...offered]);
}

/** The server's choice of a method (RFC 1928, section 3). Throws `proxy-protocol` at the first byte that is not SOCKS5. */
export const decodeChoice: Decode<number> = (bytes) => {
  if (bytes.length > 0 && bytes[0] !== 5) throw new EngineError('proxy-protocol', 'not SOCKS5');
  return bytes.length < 2 ? null : { value: bytes.readUInt8(1), length: 2 };
};

/** User name and password, each at most 255 bytes of UTF-8 (RFC 1929, section 2). */
export function encodeLogin(login: Login): Buffer {
  const username = Buffer.from(login.username);
  const password = Buffer.from(login.password);
  return Buffer.concat([Buffer.of(1, username.length), username, Buffer.of(password.length), password]);
}

/** Whether the login was accepted (RFC 1929, section 2). Some servers answer with version 5 instead of 1. */
export const decodeLoginStatus: Decode<boolean> = (bytes) => {
  if (bytes.length > 0 && bytes[0] !== 1 && bytes[0] !== 5) throw new EngineError('proxy-protocol', 'not a login status');
  return bytes.length < 2 ? null : { value: bytes[1] === 0, length: 2 };
};

/** CONNECT (RFC 1928, section 4). */
export function encodeConnect(destination: Destination): Buffer {
  return Buffer.concat([Buffer.of(5, 1, 0), encodeSocksAddress(destination)]);
}

/** UDP ASSOCIATE (RFC 1928, section 4), from an address that is not known yet. */
export const associateRequest = Buffer.of(5, 3, 0, 1, 0, 0, 0, 0, 0, 0);

/** The reply's code, 0 for success (RFC 1928, section 6). Its length depends on the address type; the address itself is of no use here. */
export const decodeReply: Decode<number> = (bytes) => {
  if (bytes.length > 0 && bytes[0] !== 5) throw new EngineError('proxy-protocol', 'not SOCKS5');
  if (bytes.length < 5) return null;
  const length = 4 + addressLength(bytes.readUInt8(3), bytes.readUInt8(4)) + 2;
  return bytes.length < length ? null : { value: bytes.readUInt8(1), length };
};

/** The reply to UDP ASSOCIATE: its code, and where the relay is, as the server says. */
export const decodeAssociation: Decode<{ readonly reply: number; readonly bound: Destination }> = (bytes) => {
  const reply = decodeReply(bytes);
  const bound = reply && decodeSocksAddress(bytes.subarray(3))?.value;
  return bound ? { value: { reply: reply.value, bound }, length: reply.length } : null;
};

function addressLength(type: number, firstByte: number): number {
  const length = socksAddressLength(type, firstByte);
  if (length === 0) throw new EngineError('proxy-protocol', `address type ${type}`);
  return length;
}

/** What a reply other than 0 means (RFC 1928, section 6). */
export function replyError(reply: number): EngineError {
  return new EngineError(codes[reply] ?? 'proxy-failed', `SOCKS5 reply ${reply}`);
}

/** The same for CONNECT: a proxy that has no IPv6 is as good as any for everything else. */
export function connectError(reply: number, { host }: Destination): EngineError {
  const lacksIPv6 = reply === addressTypeNotSupported && isIPv6(host);
  return lacksIPv6 ? new EngineError('destination-unreachable', `SOCKS5 reply ${reply}`) : replyError(reply);
}

const addressTypeNotSupported = 8;

const codes: Record<number, ErrorCode> = {
  1: 'proxy-failed',
  2: 'destination-forbidden',
  3: 'destination-unreachable',
  4: 'destination-unreachable',
  5: 'destination-refused',
  6: 'destination-timeout',
  7: 'proxy-unsupported',
  [addressTypeNotSupported]: 'proxy-unsupported',
};
