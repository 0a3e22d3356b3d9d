import http from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { readUntil } from './streams.ts';

/** What servers speak around a protocol: each makes of a connection the stream inside. Who asks for another path is turned away. */
export type Unwrap = (connection: Socket) => Promise<Duplex>;

/** WebSocket, by the `ws` package. What comes early in `Sec-WebSocket-Protocol` comes first. */
export function insideWebSocket(path: string): Unwrap {
  return (connection) =>
    new Promise((resolve, reject) => {
      const server = http.createServer((_request, response) => response.writeHead(404, { connection: 'close' }).end());
      const sockets = new WebSocketServer({ server, path, handleProtocols: (protocols) => [...protocols][0] ?? false });
      sockets.on('connection', (socket, request) => {
        const stream = createWebSocketStream(socket, { allowHalfOpen: false }).on('error', () => {});
        stream.unshift(Buffer.from(request.headers['sec-websocket-protocol'] ?? '', 'base64url'));
        resolve(stream);
      });
      connection.once('close', () => reject(new Error('closed')));
      server.emit('connection', connection);
    });
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
