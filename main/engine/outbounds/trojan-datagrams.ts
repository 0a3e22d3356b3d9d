import type { Duplex } from 'node:stream';
import type { Datagrams, Destination } from '../outbound.ts';
import type { Decode } from '../read-message.ts';
import { decodeSocksAddress, encodeSocksAddress } from '../socks-address.ts';
import { isCarried } from './destination.ts';

const longestBytes = 65_507; // of UDP over IPv4
const mostWaitingBytes = 256 * 1024; // in a way that is slow
const lineEnd = Buffer.from('\r\n');

interface Datagram {
  readonly source: Destination;
  readonly payload: Buffer;
}

/** One datagram in the stream: address, length, line end, payload (trojan-gfw.github.io/trojan/protocol). */
function encodeDatagram(destination: Destination, payload: Buffer): Buffer {
  const length = Buffer.of(payload.length >> 8, payload.length & 0xff);
  return Buffer.concat([encodeSocksAddress(destination), length, lineEnd, payload]);
}

/** The same from the server; the value is null where there is no such thing, and nothing after it can be read. */
const decodeDatagram: Decode<Datagram | null> = (bytes) => {
  const address = decodeSocksAddress(bytes);
  if (address === null) return null;
  if (address.value === null) return { value: null, length: bytes.length };
  const start = address.length + 4;
  if (bytes.length < start) return null;
  if (!bytes.subarray(start - 2, start).equals(lineEnd)) return { value: null, length: bytes.length };
  const end = start + bytes.readUInt16BE(address.length);
  return bytes.length < end ? null : { value: { source: address.value, payload: bytes.subarray(start, end) }, length: end };
};

/** All datagrams go through one stream; the way closes with it, and with anything on it that is not one. */
export function createTrojanDatagrams(stream: Duplex): Datagrams {
  let onMessage: (source: Destination, payload: Buffer) => void = () => {};
  let held: Buffer = Buffer.alloc(0);
  stream.on('data', (wire: Buffer) => {
    let bytes = held.length === 0 ? wire : Buffer.concat([held, wire]);
    for (let next = decodeDatagram(bytes); next !== null; next = decodeDatagram(bytes)) {
      if (next.value === null) return void stream.destroy();
      onMessage(next.value.source, next.value.payload);
      bytes = bytes.subarray(next.length);
    }
    held = bytes;
  });
  stream.on('end', () => stream.destroy());
  return {
    send(destination, payload) {
      const isDropped = stream.destroyed || payload.length > longestBytes || stream.writableLength > mostWaitingBytes;
      if (!isDropped && isCarried(destination)) stream.write(encodeDatagram(destination, payload));
    },
    onMessage(listener) {
      onMessage = listener;
    },
    onClose: (listener) => void stream.once('close', listener),
    close: () => void stream.destroy(),
  };
}
