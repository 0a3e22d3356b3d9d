/** WebSocket beside what the contract suite shows of it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { WebSocketServer } from 'ws';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { createWebSocket } from '../../main/engine/transports/websocket.ts';
import { soon } from '../rigs/connecting.ts';
import { startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { readUntil } from '../rigs/streams.ts';

assertNothingLeftOpen();

const outbound = createWebSocket(createDirect(), { path: '/', host: 'a.test' });

test('an answer to another key is none', async () => {
  await using server = await startServer(async (client) => {
    await readUntil(client, '\r\n\r\n');
    client
      .resume()
      .end(
        'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
      );
  });
  await assert.rejects(outbound.connect(server, soon()), { code: 'proxy-protocol' });
  await server.empty();
});

test('a ping is answered, and is no part of the stream', async () => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const connected = once(server, 'connection');
  const { port } = server.address() as AddressInfo;
  const stream = await outbound.connect({ host: '127.0.0.1', port }, soon());
  const [socket] = await connected;
  const answered = once(socket, 'pong');
  socket.ping('still there?');
  socket.send('words');
  assert.equal(String((await once(stream, 'data'))[0]), 'words');
  assert.equal(String((await answered)[0]), 'still there?');
  stream.destroy();
  await once(socket, 'close');
  server.close();
});
