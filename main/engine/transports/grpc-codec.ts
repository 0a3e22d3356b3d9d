import { EngineError } from '../errors.ts';

const prefixBytes = 5; // compressed or not, and the length of the message
const fieldTag = 0x0a; // field 1, of bytes
const mostVarintBytes = 5;

/**
 * What precedes the bytes of one message: gRPC's prefix, then that of its one field, as in `message Hunk { bytes data = 1; }` of v2ray's
 * transport/internet/grpc.
 */
export function encodeHunkHead(length: number): Buffer {
  const varint = encodeVarint(length);
  const head = Buffer.alloc(prefixBytes + 1 + varint.length);
  head.writeUInt32BE(1 + varint.length + length, 1);
  head[prefixBytes] = fieldTag;
  head.set(varint, prefixBytes + 1);
  return head;
}

function encodeVarint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...encodeVarint(value >>> 7)];
}

/**
 * Takes messages, cut anywhere, and returns what their fields hold, as parts of the given bytes. A message may have the field several times
 * (`MultiHunk`). Throws `proxy-protocol` for anything else.
 */
export function createHunkReader(): (wire: Buffer) => Buffer[] {
  const head: number[] = []; // of the message or the field that is being read
  let messageLeft = 0;
  let dataLeft = 0;
  const readByte = (byte: number): void => {
    head.push(byte);
    if (messageLeft === 0) {
      if (head.length < prefixBytes) return;
      messageLeft = decodePrefix(head);
    } else {
      messageLeft--;
      const isWhole = head.length >= 2 && (byte < 0x80 || head.length > mostVarintBytes);
      if (!isWhole && messageLeft > 0) return;
      dataLeft = decodeField(head);
      if (dataLeft > messageLeft) throw new EngineError('proxy-protocol', 'gRPC field');
    }
    head.length = 0;
  };
  return (wire) => {
    const data: Buffer[] = [];
    for (let at = 0; at < wire.length; ) {
      if (dataLeft === 0) {
        readByte(wire[at++] as number);
        continue;
      }
      const part = wire.subarray(at, at + dataLeft);
      at += part.length;
      dataLeft -= part.length;
      messageLeft -= part.length;
      data.push(part);
    }
    return data;
  };
}

function decodePrefix([compressed = 0, ...length]: readonly number[]): number {
  if (compressed !== 0) throw new EngineError('proxy-protocol', 'gRPC message');
  return Buffer.from(length).readUInt32BE();
}

function decodeField([tag, ...varint]: readonly number[]): number {
  const isWhole = (varint.at(-1) ?? 0x80) < 0x80;
  if (tag !== fieldTag || !isWhole) throw new EngineError('proxy-protocol', 'gRPC field');
  return varint.reduceRight((value, byte) => value * 128 + (byte & 0x7f), 0);
}
