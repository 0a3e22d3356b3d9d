import type { Destination } from './outbound.ts';
import { decodeSocksAddress, encodeSocksAddress } from './socks-address.ts';

const headBytes = 3; // two reserved, then the number of the fragment

/** A datagram as it travels to and from a SOCKS5 server (RFC 1928, section 7). `peer` is who it is for, or who it comes from. */
export function encodeSocksDatagram(peer: Destination, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.alloc(headBytes), encodeSocksAddress(peer), payload]);
}

/** null for garbage, and for fragments, which nobody sends and the section allows to drop. */
export function decodeSocksDatagram(bytes: Buffer): { readonly peer: Destination; readonly payload: Buffer } | null {
  if (bytes.length < headBytes || bytes[2] !== 0) return null;
  const address = decodeSocksAddress(bytes.subarray(headBytes));
  if (address === null || address.value === null) return null;
  return { peer: address.value, payload: bytes.subarray(headBytes + address.length) };
}
