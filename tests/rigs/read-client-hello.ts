/** What a ClientHello offers, by the numbers of the suites (RFC 8446, appendix B.4) and of the groups to agree upon keys in (section 4.2.7). */
export interface Offered {
  readonly ciphers: readonly number[];
  readonly groups: readonly number[];
  readonly keyShares: readonly number[];
}

const extensionTypes = { groups: 10, keyShares: 51 } as const;
const beforeVersion = 5 + 4; // headers of record and message
const random = 2 + 32;

/** Reads the ClientHello with which a stream begins. It must be whole, in one record. */
export function readClientHello(bytes: Buffer): Offered {
  let at = beforeVersion + random;
  at += 1 + bytes.readUInt8(at); // session
  const ciphers = bytes.subarray(at, at + 2 + bytes.readUInt16BE(at));
  at += ciphers.length;
  at += 1 + bytes.readUInt8(at); // compressions
  const end = at + 2 + bytes.readUInt16BE(at);
  const extensions = new Map<number, Buffer>();
  for (at += 2; at < end; ) {
    const length = bytes.readUInt16BE(at + 2);
    extensions.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  const groups = extensions.get(extensionTypes.groups) ?? Buffer.alloc(2);
  const shares = extensions.get(extensionTypes.keyShares) ?? Buffer.alloc(2);
  return {
    ciphers: [...eachNumber(ciphers, () => 2)],
    groups: [...eachNumber(groups, () => 2)],
    keyShares: [...eachNumber(shares, (entry) => 4 + entry.readUInt16BE(2))],
  };
}

function* eachNumber(list: Buffer, lengthOf: (entry: Buffer) => number): Generator<number> {
  for (let at = 2; at < list.length; at += lengthOf(list.subarray(at))) yield list.readUInt16BE(at);
}
