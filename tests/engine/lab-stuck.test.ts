/** One connection alone, and what becomes of it when its proxy or the network does not carry it any more. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { SocksClient } from 'socks';
import { driveClock } from '../rigs/driven-clock.ts';
import { startLab } from '../rigs/lab.ts';
import { startLabEngine } from '../rigs/lab-engine.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho } from '../rigs/origin.ts';
import { readExactly } from '../rigs/streams.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

/** An engine with two proxies whose clock is driven, and a connection that has carried something. */
async function startConnected(t: TestContext) {
  const pass = driveClock(t);
  const stack = new AsyncDisposableStack();
  const origin = stack.use(await startEcho());
  const lab = stack.use(await startLab([{}, { roundTripMs: 20 }]));
  const engine = stack.use(await startLabEngine(lab.proxies));
  const { active } = await engine.state(({ proxies, testing }) => proxies.working === 2 && testing === null);
  const carrier = lab.proxies.find(({ link }) => link.includes(String(active?.address)));
  assert.ok(carrier);
  const connect = async () => {
    const destination = { host: origin.host, port: origin.port };
    const { socket } = await SocksClient.createConnection({ proxy: { ...engine.endpoint, type: 5 }, command: 'connect', destination });
    return socket.on('error', () => {});
  };
  const client = await connect();
  await echoes(client);
  pass(5);
  return { engine, carrier, client, connect, pass, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function echoes(client: Socket): Promise<void> {
  client.write('hello');
  assert.equal((await readExactly(client, 5)).toString(), 'hello');
}

test('nobody else connects when its proxy falls silent: a probe finds out, it is closed, and the next one goes through another proxy', async (t) => {
  await using world = await startConnected(t);
  const { engine, carrier, client, connect, pass } = world;
  const told = new Promise((resolve) => client.once('close', resolve));
  const before = carrier.accepted;
  carrier.become({ fault: 'blackhole' });
  client.write('is anybody there?');
  await until(() => {
    pass(5);
    return carrier.accepted > before; // a probe
  });
  const { active } = await engine.state(({ lastSwitch }) => lastSwitch?.reason === 'failed');
  assert.ok(!carrier.link.includes(String(active?.address)));
  pass(5);
  await told;
  const again = await connect();
  await echoes(again);
  again.destroy();
});

test('the computer wakes: what leads nowhere since then is closed within ten seconds, although its proxy works', async (t) => {
  await using world = await startConnected(t);
  const { engine, carrier, client, pass } = world;
  const told = new Promise((resolve) => client.once('close', resolve));
  carrier.become({ fault: 'blackhole' });
  client.write('lost on the way');
  await until(() => {
    pass(5);
    return engine.traffic().upBytes >= 'hellolost on the way'.length;
  });
  carrier.become({});
  engine.wake();
  pass(10);
  await told;
  assert.equal((await engine.row(carrier)).health, 'working');
});
