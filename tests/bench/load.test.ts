/** What the load generator makes of a proxy that does not answer some connections. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { readExactly } from '../rigs/streams.ts';
import { startLoad } from './programs.ts';

assertNothingLeftOpen();

const lateMs = 2500;

/** Grants every request; what comes back for the connection of this number, from 1, comes so late that nobody believes in it any more. */
async function startProxy(lateNumber: number, answer: Buffer) {
  let count = 0;
  return await startServer(async (socket: Socket) => {
    const delayMs = ++count === lateNumber ? lateMs : 0;
    socket.write(await readExactly(socket, 3).then(() => Buffer.of(5, 0)));
    await readExactly(socket, 10);
    socket.write(Buffer.of(5, 0, 0, 1, 127, 0, 0, 1, 0, 80));
    await readExactly(socket, 1);
    const late = setTimeout(() => socket.write(answer), delayMs);
    socket.resume().once('close', () => clearTimeout(late));
  });
}

const origins = { download: 1, upload: 2, get: 3 };

test('a connection that is not answered is counted, and holds up nobody', async () => {
  await using proxy = await startProxy(3, Buffer.from('answer'));
  await using load = startLoad();
  const { figure, lost = 0 } = await load.run({ measure: 'connections', port: proxy.port, origins, durationMs: 1000 });
  assert.ok(lost > 0);
  assert.ok(figure > 0);
});

test('a download that does not begin is tried again', async () => {
  await using proxy = await startProxy(1, Buffer.alloc(1));
  await using load = startLoad();
  const { done } = await load.run({ measure: 'download', port: proxy.port, origins, durationMs: 0 });
  assert.ok(done > 0);
  assert.equal(proxy.accepted, 2);
});
