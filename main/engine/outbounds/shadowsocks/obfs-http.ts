import { randomBytes, randomInt } from 'node:crypto';
import { EngineError } from '../../errors.ts';
import type { Destination } from '../../outbound.ts';
import type { Coding } from '../../transports/coded-stream.ts';

const longestHeadBytes = 16 * 1024;
const headEnd = '\r\n\r\n';
const nothing = Buffer.alloc(0);

/** simple-obfs as HTTP: the first words go as the body of a request to become a WebSocket, all others as they are (its obfs_http.c). */
export function createHttpObfuscation(host: string, path: string, { port }: Destination): Coding {
  let hasSpoken = false;
  let isInBody = false;
  let head: Buffer = nothing;
  return {
    encode(plain) {
      if (hasSpoken) return plain;
      hasSpoken = true;
      return Buffer.concat([encodeHead(port === 80 ? host : `${host}:${port}`, path, plain.length), plain]);
    },
    decode(wire) {
      if (isInBody) return [wire];
      head = Buffer.concat([head, wire]);
      const end = head.indexOf(headEnd);
      const isHttp = 'HTTP/'.startsWith(head.toString('latin1', 0, 5));
      if (!isHttp || (end < 0 && head.length > longestHeadBytes)) throw new EngineError('proxy-protocol', 'not HTTP');
      if (end < 0) return [];
      isInBody = true;
      return end + headEnd.length < head.length ? [head.subarray(end + headEnd.length)] : [];
    },
    decodeEnd() {
      if (!isInBody && head.length > 0) throw new EngineError('proxy-closed', 'within the head');
    },
  };
}

function encodeHead(host: string, path: string, bodyBytes: number): Buffer {
  return Buffer.from(
    [
      `GET ${path} HTTP/1.1`,
      `Host: ${host}`,
      `User-Agent: curl/7.${randomInt(51)}.${randomInt(2)}`,
      'Upgrade: websocket',
      'Connection: Upgrade',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      `Content-Length: ${bodyBytes}`,
      headEnd.slice(2),
    ].join('\r\n'),
  );
}
