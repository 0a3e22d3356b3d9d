import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import type { Packets } from '../../main/engine/outbound.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { soon } from '../rigs/connecting.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startUdpEcho } from '../rigs/udp-echo.ts';

assertNothingLeftOpen();

const open = (destination: { host: string; port: number }, signal = soon()) =>
  createDirect().openPackets?.(destination, signal) as Promise<Packets>;

function next(packets: Packets): Promise<Buffer> {
  return new Promise((resolve) => packets.onMessage(resolve));
}

for (const host of ['127.0.0.1', '::1', 'localhost']) {
  test(`packets go to ${host} and come back, however long`, async () => {
    await using echo = await startUdpEcho(host === '::1' ? { host } : {});
    for (const length of [0, 1, 65_507]) {
      const packets = await open({ host, port: echo.port });
      const answer = next(packets);
      packets.send(Buffer.alloc(70_000)); // too long: dropped
      packets.send(Buffer.alloc(length, 7));
      assert.deepEqual(await answer, Buffer.alloc(length, 7));
      packets.close();
    }
  });
}

test('packets from elsewhere are not heard', async () => {
  const server = createSocket('udp4').bind(0, '127.0.0.1');
  const stranger = createSocket('udp4').bind(0, '127.0.0.1');
  await Promise.all([once(server, 'listening'), once(stranger, 'listening')]);
  const packets = await open({ host: '127.0.0.1', port: server.address().port });
  const heard: string[] = [];
  const done = new Promise<void>((resolve) => {
    packets.onMessage((packet) => {
      heard.push(String(packet));
      if (String(packet) === 'last') resolve();
    });
  });
  packets.send(Buffer.from('hello'));
  const [, { port }] = await once(server, 'message');
  await new Promise((sent) => stranger.send('forged', port, '127.0.0.1', sent));
  server.send('last', port, '127.0.0.1');
  await done;
  assert.deepEqual(heard, ['last']);
  packets.close();
  packets.close();
  packets.send(Buffer.from('too late'));
  for (const socket of [server, stranger]) socket.close();
});

test('where nobody is, it closes at the first packet', async () => {
  const packets = await open({ host: '127.0.0.1', port: await refusingPort() });
  const closed = new Promise<void>((resolve) => packets.onClose(resolve));
  packets.send(Buffer.from('hello'));
  await closed;
});

test('an unknown name and an abort reject', async () => {
  await assert.rejects(open({ host: 'no-such-name.invalid', port: 9 }), { code: 'destination-name-not-found' });
  await assert.rejects(open({ host: '127.0.0.1', port: 9 }, AbortSignal.abort()), { code: 'aborted' });
  const controller = new AbortController();
  const opening = open({ host: 'localhost', port: 9 }, controller.signal);
  controller.abort();
  await assert.rejects(opening, { code: 'aborted' });
});
