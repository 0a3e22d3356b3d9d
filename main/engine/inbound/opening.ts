import { EngineError } from '../errors.ts';
import type { Decode } from '../read-message.ts';
import { type ConnectHead, decodeConnect } from './http-codec.ts';
import { decodeRequest, type Socks4Request } from './socks4-codec.ts';
import { decodeGreeting } from './socks5-codec.ts';

/** What a client says first: a request of SOCKS4, a greeting of SOCKS5, or the head of an HTTP request (null: not a CONNECT, unread). */
export type Opening =
  | { readonly protocol: 'socks4'; readonly message: Socks4Request }
  | { readonly protocol: 'socks5'; readonly message: Uint8Array }
  | { readonly protocol: 'http'; readonly message: ConnectHead | null };

/** The first byte tells the protocol. Throws `bad-request` at one that begins none. */
export const decodeOpening: Decode<Opening> = (bytes) => {
  const first = bytes[0] ?? 0;
  if (first === 5) return tag('socks5', decodeGreeting(bytes));
  if (first === 4) return tag('socks4', decodeRequest(bytes));
  if (isLetter(first)) return tag('http', decodeConnect(bytes));
  throw new EngineError('bad-request', 'neither SOCKS nor HTTP');
};

function tag<P extends Opening['protocol'], T>(protocol: P, decoded: ReturnType<Decode<T>>) {
  return decoded && { value: { protocol, message: decoded.value }, length: decoded.length };
}

function isLetter(byte: number): boolean {
  const upperCase = byte & ~0x20;
  return upperCase >= 0x41 && upperCase <= 0x5a;
}
