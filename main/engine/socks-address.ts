import { isIPv4, isIPv6 } from 'node:net';
import type { Destination } from './outbound.ts';
import type { Decode } from './read-message.ts';

/** RFC 1928, section 5. */
const types = { ipv4: 1, name: 3, ipv6: 4 } as const;
const portBytes = 2;

/**
 * Type, address and port (RFC 1928, section 5), as SOCKS5, Shadowsocks and Trojan write them. IP literals go as addresses: many servers do not
 * look for one in a name. The host has been checked: it is at most 255 bytes of ASCII.
 */
export function encodeSocksAddress({ host, port }: Destination): Buffer {
  const bytes = encodeHost(host);
  bytes.writeUInt16BE(port, bytes.length - portBytes);
  return bytes;
}

/** With room for the port. */
function encodeHost(host: string): Buffer {
  if (isIPv4(host)) return addressOf(types.ipv4, host.split('.').map(Number));
  if (host.includes(':') && isIPv6(host)) return addressOf(types.ipv6, ipv6Bytes(host));
  const bytes = Buffer.allocUnsafe(2 + host.length + portBytes);
  bytes.write(host, 2, 'latin1');
  bytes[0] = types.name;
  bytes[1] = host.length;
  return bytes;
}

function addressOf(type: number, address: readonly number[]): Buffer {
  const bytes = Buffer.allocUnsafe(1 + address.length + portBytes);
  bytes[0] = type;
  bytes.set(address, 1);
  return bytes;
}

// The URL parser brings any spelling, also one that ends in an IPv4 address, into plain hexadecimal groups with at most one gap.
function ipv6Bytes(host: string): number[] {
  const groups = (text = '') => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [before, after] = new URL(`http://[${host}]`).hostname.slice(1, -1).split('::');
  const head = groups(before);
  const tail = groups(after);
  const gap = Array<number>(8 - head.length - tail.length).fill(0);
  return [...head, ...gap, ...tail].flatMap((group) => [group >> 8, group & 0xff]);
}

/** How long an address without its type and port is, by its type and the byte after that; 0 for an unknown type. */
export function socksAddressLength(type: number, firstByte: number): number {
  if (type === types.ipv4) return 4;
  if (type === types.name) return 1 + firstByte;
  return type === types.ipv6 ? 16 : 0;
}

/** The address at the start of the bytes: names as they came, IPv6 in its shortest spelling. The value is null where the type is unknown. */
export const decodeSocksAddress: Decode<Destination | null> = (bytes) => {
  if (bytes.length < 2) return null;
  const length = socksAddressLength(bytes.readUInt8(0), bytes.readUInt8(1));
  if (length === 0) return { value: null, length: bytes.length };
  const portAt = 1 + length;
  if (bytes.length < portAt + 2) return null;
  return { value: { host: decodeHost(bytes.subarray(0, portAt)), port: bytes.readUInt16BE(portAt) }, length: portAt + 2 };
};

function decodeHost(typed: Buffer): string {
  if (typed[0] === types.ipv4) return typed.subarray(1).join('.');
  if (typed[0] === types.name) return typed.toString('latin1', 2);
  const groups = Array.from({ length: 8 }, (_, i) => typed.readUInt16BE(1 + 2 * i).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
