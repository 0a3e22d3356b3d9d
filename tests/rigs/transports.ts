import http, { type IncomingMessage } from 'node:http';
import http2, { type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { readExactly, readUntil } from './streams.ts';

/** What servers speak around a protocol: each makes of a connection the stream inside. Who asks for another path is turned away. */
export type Unwrap = (connection: Socket) => Promise<Duplex>;

/** WebSocket, by the `ws` package. What comes early, in `Sec-WebSocket-Protocol` or where told in another header or at the end of the path, comes first. */
export function insideWebSocket(path: string, earlyIn: EarlyPlace = 'sec-websocket-protocol'): Unwrap {
  return (connection) =>
    new Promise((resolve, reject) => {
      const server = http.createServer((_request, response) => response.writeHead(404, { connection: 'close' }).end());
      const sockets = new WebSocketServer({
        server,
        verifyClient: ({ req }: { req: IncomingMessage }) => (earlyIn === null ? early(req) !== null : req.url === path),
        handleProtocols: (protocols) => [...protocols][0] ?? false,
      });
      const early = ({ headers, url = '' }: IncomingMessage) =>
        earlyIn === null ? earlyInPath(path, url) : String(headers[earlyIn] ?? '');
      sockets.on('connection', (socket, request) => {
        const stream = createWebSocketStream(socket, { allowHalfOpen: false }).on('error', () => {});
        stream.unshift(Buffer.from(early(request) ?? '', 'base64url'));
        connection.once('close', () => stream.destroy());
        resolve(stream);
      });
      connection.once('close', () => reject(new Error('closed')));
      server.emit('connection', connection);
    });
}

/** The lower-case name of a header; null: the end of the path, before the query. */
type EarlyPlace = string | null;

function earlyInPath(path: string, asked: string): string | null {
  const [file = '', query] = path.split('?');
  const [askedFile = '', askedQuery] = asked.split('?');
  return askedFile.startsWith(file) && askedQuery === query ? askedFile.slice(file.length) : null;
}

/** The head of a request for a WebSocket and the answer to it, and nothing else of one. */
export function insideHttpUpgrade(path: string): Unwrap {
  return async (connection) => {
    const head = await readUntil(connection, '\r\n\r\n');
    if (!head.startsWith(`GET ${path} HTTP/1.1\r\n`)) {
      connection.end('HTTP/1.1 404 Not Found\r\n\r\n');
      throw new Error('another path');
    }
    connection.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    return connection;
  };
}

/** A gRPC call whose messages have one field of bytes. */
export function insideGrpc(path: string): Unwrap {
  return (connection) =>
    new Promise((resolve, reject) => {
      const server = http2.createServer();
      server.on('stream', (call, headers) => {
        if (headers[':path'] !== path) return call.respond({ ':status': 200, 'grpc-status': '12' }, { endStream: true });
        call.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
        call.on('wantTrailers', () => call.sendTrailers({ 'grpc-status': '0' }));
        resolve(messages(call));
      });
      server.on('sessionError', () => connection.destroy());
      connection.once('close', () => reject(new Error('closed')));
      connection.once('end', () => connection.destroy()); // HTTP/2 itself leaves one that is half open as it is
      server.emit('connection', connection);
    });
}

function messages(call: ServerHttp2Stream): Duplex {
  let isReading = false;
  const read = async () => {
    const length = (await readExactly(call, 5)).readUInt32BE(1);
    const message = await readExactly(call, length);
    let at = 1;
    while ((message[at++] ?? 0) >= 0x80);
    stream.push(message.subarray(at));
  };
  const stream: Duplex = new Duplex({
    read() {
      if (isReading) return;
      isReading = true;
      read().then(
        () => {
          isReading = false;
          stream.read(0);
        },
        () => (call.readableEnded ? stream.push(null) : stream.destroy()),
      );
    },
    write(plain: Buffer, _encoding, done) {
      const size = [plain.length & 0x7f, (plain.length >> 7) & 0x7f, (plain.length >> 14) & 0x7f];
      const field = Buffer.from([0x0a, (size[0] ?? 0) | 0x80, (size[1] ?? 0) | 0x80, size[2] ?? 0]);
      const prefix = Buffer.alloc(5);
      prefix.writeUInt32BE(field.length + plain.length, 1);
      call.write(Buffer.concat([prefix, field, plain]), done);
    },
    final: (done) => void call.end(done),
    destroy(error, done) {
      if (error || !call.readableEnded || !call.writableFinished) call.destroy(); // else the trailers may be on their way
      done(error);
    },
  });
  call.on('error', () => {}).once('close', () => stream.destroy());
  return stream.on('error', () => {});
}
