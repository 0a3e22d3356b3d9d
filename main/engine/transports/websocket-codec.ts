import { createHash } from 'node:crypto';
import { EngineError } from '../errors.ts';
import { drawRandom } from '../random-bytes.ts';

/** What a frame is (RFC 6455, section 5.2). */
export const opcodes = { continuation: 0, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** What a server must answer to a key (RFC 6455, section 4.2.2). */
export function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

const maskBytes = 4;
/** The most that stands before a payload: two bytes, a length of eight, the mask. It is filled from its end, so that payloads begin at a word. */
const headBytes = 16;

/** One whole message of a client, under a fresh mask (RFC 6455, section 5.3). */
export function encodeFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = Buffer.allocUnsafe(headBytes + length); // which begins at a word itself
  const start = headBytes - maskBytes - lengthBytes - 2;
  frame[start] = 0x80 | opcode;
  frame[start + 1] = 0x80 | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) frame.writeUInt16BE(length, start + 2);
  else if (lengthBytes === 8) frame.writeBigUInt64BE(BigInt(length), start + 2);
  payload.copy(frame, headBytes);
  maskPayload(frame);
  return frame.subarray(start);
}

/** Four bytes at once: byte by byte this would be most of what an upload costs. */
function maskPayload(frame: Buffer): void {
  const maskAt = headBytes - maskBytes;
  const words = new Uint32Array(frame.buffer, frame.byteOffset + maskAt, (frame.length - maskAt) >>> 2);
  const mask = drawRandom(maskBytes).readUInt32LE();
  words[0] = mask;
  for (let i = 1; i < words.length; i++) words[i] = (words[i] as number) ^ mask;
  for (let i = maskAt + 4 * words.length; i < frame.length; i++) frame[i] = (frame[i] as number) ^ (frame[maskAt + (i & 3)] as number);
}

/** Called for each control frame, and with no payload for the heads of others. */
type OnControl = (opcode: number, payload: Buffer) => void;

/**
 * Takes what a server says, cut anywhere, and returns what its messages hold, as parts of the given bytes. Where messages begin and end means
 * nothing here. Throws `proxy-protocol` for what RFC 6455, section 5 forbids.
 */
export function createFrameReader(onControl: OnControl): (wire: Buffer) => Buffer[] {
  const head = Buffer.alloc(10);
  let headLength = 0;
  let payloadLeft = 0;
  let control: Buffer[] | null = null; // the parts of its payload
  const readHead = (wire: Buffer, from: number): number => {
    let at = from;
    while (at < wire.length && headLength < lengthOfHead(head, headLength)) head[headLength++] = wire[at++] as number;
    if (headLength < lengthOfHead(head, headLength)) return at;
    payloadLeft = payloadLength(head);
    control = isControl(head) ? [] : null;
    return at;
  };
  const endFrame = () => {
    headLength = 0;
    if (control) onControl((head[0] as number) & 0x0f, Buffer.concat(control));
  };
  return (wire) => {
    const data: Buffer[] = [];
    for (let at = 0; at < wire.length; ) {
      const isInHead = headLength < lengthOfHead(head, headLength);
      if (isInHead) at = readHead(wire, at);
      if (headLength < lengthOfHead(head, headLength)) break;
      const part = wire.subarray(at, at + payloadLeft);
      at += part.length;
      payloadLeft -= part.length;
      if (control) control.push(Buffer.from(part));
      else if (part.length > 0) data.push(part);
      if (payloadLeft === 0) endFrame();
    }
    return data;
  };
}

/** How long a head is, as far as that is known of its first `known` bytes. */
function lengthOfHead(head: Buffer, known: number): number {
  if (known < 2) return 2;
  const length = (head[1] as number) & 0x7f;
  return length === 127 ? 10 : length === 126 ? 4 : 2;
}

const spoken: readonly number[] = [opcodes.continuation, 1, ...Object.values(opcodes)];

function payloadLength(head: Buffer): number {
  const [first = 0, second = 0] = head;
  const length = second & 0x7f;
  const isWrong = (first & 0x70) !== 0 || !spoken.includes(first & 0x0f) || second >= 0x80; // extensions, unknown, masked by a server
  if (isWrong || (isControl(head) && (length > 125 || first < 0x80))) throw new EngineError('proxy-protocol', 'WebSocket frame');
  if (length < 126) return length;
  if (length === 126) return head.readUInt16BE(2);
  if (head.readUInt16BE(2) !== 0) throw new EngineError('proxy-protocol', 'WebSocket frame too long');
  return head.readUIntBE(4, 6);
}

function isControl(head: Buffer): boolean {
  return ((head[0] as number) & 0x08) !== 0;
}
