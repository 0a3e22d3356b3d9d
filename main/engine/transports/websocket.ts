import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { EngineError } from '../errors.ts';
import type { Destination, Outbound } from '../outbound.ts';
import { underSignal } from '../outbounds/under-signal.ts';
import { readMessage } from '../read-message.ts';
import { type Coding, createCodedStream } from './coded-stream.ts';
import { createLateStream } from './late-stream.ts';
import { decodeUpgraded, encodeUpgrade, longestHeadBytes, type UpgradeTarget } from './upgrade-codec.ts';
import { acceptOf, createFrameReader, encodeFrame, opcodes } from './websocket-codec.ts';

export interface WebSocketOptions extends UpgradeTarget {
  /** The first words go with the request itself, up to so many bytes: what the proxy hears then comes a round trip earlier. */
  readonly early?: EarlyData;
}

export interface EarlyData {
  readonly bytes: number;
  /** The header that carries them; null: the end of the path, before its query. */
  readonly header: string | null;
}

/** The other side may go on speaking after our end for as long as it does not pause this long. */
const quietAfterEndMs = 5000;
/** More pongs than that do not wait to be sent. */
const mostWaitingBytes = 64 * 1024;

/**
 * WebSocket (RFC 6455) over any outbound. Messages have no meaning: their payloads are the stream. One direction cannot end alone, so after
 * our end it closes once the other side is quiet for five seconds. Errors are those of `via`, `proxy-protocol`, `proxy-unreachable` and
 * `proxy-closed`; with early data they come with the first words.
 */
export function createWebSocket(via: Outbound, options: WebSocketOptions): Outbound {
  const { early } = options;
  return {
    label: via.label,
    async connect(destination: Destination, signal) {
      const stream = await via.connect(destination, signal);
      if (early) return createLateStream(stream, (first) => upgradeEarly(stream, options, early, first));
      return underSignal(stream, signal, () => upgrade(stream, options));
    },
  };
}

async function upgradeEarly(stream: Duplex, options: UpgradeTarget, { bytes, header }: EarlyData, first: Buffer): Promise<Duplex> {
  const early = first.toString('base64url', 0, Math.min(bytes, first.length));
  const [file, ...query] = options.path.split('?');
  const socket = await (header === null
    ? upgrade(stream, { ...options, path: [file + early, ...query].join('?') })
    : upgrade(stream, options, { [header]: early }));
  if (first.length > bytes) socket.write(first.subarray(bytes));
  return socket;
}

async function upgrade(stream: Duplex, target: UpgradeTarget, headers?: Readonly<Record<string, string>>): Promise<Duplex> {
  const key = randomBytes(16).toString('base64');
  stream.write(encodeUpgrade(target, { 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': key, ...headers }));
  const limits = { limitBytes: longestHeadBytes, closed: 'proxy-closed', malformed: 'proxy-protocol' } as const;
  const head = await readMessage(stream, decodeUpgraded, limits);
  const [, accept] = /^sec-websocket-accept:[ \t]*(\S+)/im.exec(head) ?? [];
  if (accept !== acceptOf(key)) throw new EngineError('proxy-protocol', 'not WebSocket');
  return createCodedStream(stream, createWebSocketCoding(stream), { quietAfterEndMs });
}

/** Answers pings on the stream underneath. */
function createWebSocketCoding(stream: Duplex): Coding {
  let isOver = false;
  const close = () => encodeFrame(opcodes.close, normalClosure);
  const read = createFrameReader((opcode, payload) => {
    if (opcode === opcodes.close && !isOver) {
      isOver = true;
      stream.write(close());
    }
    if (opcode === opcodes.ping && stream.writableLength < mostWaitingBytes) stream.write(encodeFrame(opcodes.pong, payload));
  });
  return {
    encode: (plain) => encodeFrame(opcodes.binary, plain),
    encodeEnd: close,
    decode(wire) {
      const data: (Buffer | null)[] = read(wire);
      if (isOver) data.push(null);
      return data;
    },
    decodeEnd() {
      throw new EngineError('proxy-closed', 'no close frame');
    },
  };
}

const normalClosure = Buffer.of(1000 >> 8, 1000 & 0xff);
