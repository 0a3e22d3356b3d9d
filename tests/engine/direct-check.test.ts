import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDirectly } from '../../main/engine/direct-check.ts';
import { soon } from '../rigs/connecting.ts';
import { refusingPort, startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

/** Says this to whoever asks. */
const answering = (answer: string) =>
  startServer((socket) => {
    socket.resume().end(answer);
  });
const refused = async () => ({ host: '127.0.0.1', port: await refusingPort() });

const answers: readonly (readonly [name: string, answer: string, verdict: string])[] = [
  ['204', 'HTTP/1.1 204 No Content\r\n\r\n', 'online'],
  ['a way to its own https page', 'HTTP/1.1 301 Moved\r\nLocation: https://127.0.0.1/\r\n\r\n', 'online'],
  ['a refusal', 'HTTP/1.1 403 Forbidden\r\n\r\n', 'online'],
  ['no HTTP', '\x15\x03\x01\x00\x02\x02\x0a', 'online'],
  ['nothing', '', 'online'],
  ['a page', 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<h1>Hotel</h1>', 'captive-portal'],
  ['a way elsewhere', 'HTTP/1.1 302 Found\r\nServer: x\r\nlocation: http://login.hotel.test/?from=1\r\n\r\n', 'captive-portal'],
  ['511', 'HTTP/1.0 511 Network Authentication Required\r\n\r\n', 'captive-portal'],
];
for (const [name, answer, verdict] of answers) {
  test(`the answer is ${name}: ${verdict}`, async () => {
    await using server = await answering(answer);
    assert.equal(await checkDirectly([server], soon()), verdict);
    assert.equal(server.accepted, 1);
  });
}

test('offline only when no address can be reached; the second one is left alone where the first one answers', async () => {
  await using server = await answering('HTTP/1.1 204 No Content\r\n\r\n');
  assert.equal(await checkDirectly([await refused(), server], soon()), 'online');
  assert.equal(await checkDirectly([await refused(), await refused()], soon()), 'offline');
  await using second = await answering('');
  await checkDirectly([server, second], soon());
  assert.equal(second.accepted, 0);
});

test('an abort leaves nothing open', async () => {
  await using silent = await startServer((socket) => void socket.resume().once('end', () => socket.destroy()));
  const controller = new AbortController();
  const check = checkDirectly([silent], controller.signal);
  await until(() => silent.open > 0);
  controller.abort();
  await assert.rejects(check, { code: 'aborted' });
  await silent.empty();
});
