import type { Connection } from './connection.ts';

const version = 0x46;
const headerBytes = 12;
const tailBytes = 32;

/** What a connection's binary registry value says; `tail` and `counter` are kept for writing it back. */
export interface ConnectionBlob extends Omit<Connection, 'name'> {
  readonly counter: number;
  readonly tail: Buffer;
}

/**
 * Reads a value of `Internet Settings\Connections`: version, change counter, flags, then proxy, bypass and script address, each with its
 * length before it (all numbers 32-bit little-endian), then 32 bytes that say nothing of the settings. Null for anything else.
 */
export function readConnectionBlob(bytes: Buffer): ConnectionBlob | null {
  if (bytes.length < headerBytes || bytes.readUInt32LE(0) !== version) return null;
  const texts: string[] = [];
  let at = headerBytes;
  while (texts.length < 3) {
    if (bytes.length < at + 4) return null;
    const end = at + 4 + bytes.readUInt32LE(at);
    if (end > bytes.length) return null;
    texts.push(bytes.toString('latin1', at + 4, end));
    at = end;
  }
  const [server = '', bypass = '', autoConfigUrl = ''] = texts;
  return { counter: bytes.readUInt32LE(4), flags: bytes.readUInt32LE(8), server, bypass, autoConfigUrl, tail: bytes.subarray(at) };
}

/**
 * The bytes that `readConnectionBlob` reads. The counter goes up by one after `before`, which tells running programs to look again. Throws
 * RangeError for text that is not Latin-1, for the format has no place for it.
 */
export function writeConnectionBlob(settings: Omit<Connection, 'name'>, before: ConnectionBlob | null): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32LE(version, 0);
  header.writeUInt32LE(((before?.counter ?? 0) + 1) >>> 0, 4);
  header.writeUInt32LE(settings.flags, 8);
  const texts = [settings.server, settings.bypass, settings.autoConfigUrl].flatMap((text) => {
    const bytes = Buffer.from(text, 'latin1');
    if (bytes.toString('latin1') !== text) throw new RangeError('not Latin-1');
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return [length, bytes];
  });
  return Buffer.concat([header, ...texts, before?.tail ?? Buffer.alloc(tailBytes)]);
}
