import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { mock, test } from 'node:test';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { until } from '../rigs/until.ts';
import { call, head, type OpenCarrier, openCarrier, openStream, request, stopClock } from './open-carrier.ts';

assertNothingLeftOpen();

/** Opens connections that send `text` and nothing more. */
async function openMany(carrier: OpenCarrier, count: number, text: string) {
  const sockets = Array.from({ length: count }, () => {
    const socket = net.connect(carrier.port, '127.0.0.1', () => socket.write(text));
    return socket.on('error', () => {}).resume();
  });
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  return { open: () => sockets.filter(({ closed }) => !closed).length, close: () => sockets.map((socket) => socket.destroy()) };
}

for (const [what, text] of [
  ['idle', ''],
  ['half a head', `GET /?token=x HTTP/1.1\r\nHost: 127.0.0.1\r\nX: `],
  ['half a body', 'POST /api/call/importText HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{"text":"'],
  ['foreign, kept alive', 'GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n'],
] as const) {
  test(`1,000 connections (${what}): a person gets in, works on, and the open tab stays`, async () => {
    await using carrier = await openCarrier();
    const cookie = await carrier.login();
    const tab = await openStream(carrier, cookie);
    await tab.next();
    const flood = await openMany(carrier, 1000, text);
    assert.equal((await request(carrier.port, { headers: { Cookie: cookie } })).status, 200);
    assert.equal((await call(carrier, cookie)).status, 200);
    await tab.nextWhere(({ settings }) => settings.claimTelegramLinks);
    tab.close();
    flood.close();
  });
}

test('of connections without the cookie at most 256 stay', async () => {
  await using carrier = await openCarrier();
  const flood = await openMany(carrier, 1000, '');
  await until(() => flood.open() <= 256);
  assert.equal(flood.open(), 256); // later the time for a head is over, and all go
  flood.close();
});

test('slowloris: a request that does not come to an end is cut, however it dribbles', async () => {
  await using carrier = await openCarrier();
  const silent = net.connect(carrier.port, '127.0.0.1').resume();
  const dribbling = net.connect(carrier.port, '127.0.0.1').resume();
  dribbling.on('error', () => {}).write(`GET / HTTP/1.1\r\nHost: ${carrier.authority}\r\n`);
  const dribble = setInterval(() => dribbling.write('X: y\r\n'), 100);
  await Promise.all([once(silent, 'close'), once(dribbling, 'close')]);
  clearInterval(dribble);
});

test('a reader that does not read costs no memory and sees the newest state when it reads again', async () => {
  await using carrier = await openCarrier();
  const cookie = await carrier.login();
  using _ = stopClock('setTimeout');
  const socket = net.connect({ port: carrier.port, host: '127.0.0.1' });
  socket.setEncoding('latin1').write(head('GET /api/state HTTP/1.1', `Host: ${carrier.authority}`, `Cookie: ${cookie}`));
  await once(socket, 'readable'); // paused: from here on only the kernel's buffers take anything

  const path = 'x'.repeat(100_000);
  const states = 1000;
  for (let n = 1; n <= states; n++) {
    carrier.engine.store.setState({ notices: [{ id: `state-${n}`, code: 'link-unreadable', path }] });
    mock.timers.tick(250);
    await new Promise(setImmediate);
  }
  let received = 0;
  let tail = '';
  for await (const chunk of socket) {
    received += chunk.length;
    tail = (tail + chunk).slice(-2 * path.length);
    if (tail.includes(`"state-${states}"`)) break;
  }
  assert.ok(received < (states * path.length) / 4, `${received} bytes were waiting`);
});
