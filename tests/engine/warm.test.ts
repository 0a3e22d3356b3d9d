import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Tunnel } from '../../main/engine/outbound.ts';
import { type ProxyEntry, ProxyList } from '../../main/engine/proxy-list.ts';
import { Pool } from '../../main/engine/selection/pool.ts';
import { WarmTunnels } from '../../main/engine/selection/warm.ts';
import { echoes, soon } from '../rigs/connecting.ts';
import { startForwarder } from '../rigs/fault-forwarder.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho, startSpeakFirst } from '../rigs/origin.ts';
import { entryOf } from '../rigs/proxy-entries.ts';
import type { ProxyRigOptions } from '../rigs/proxying.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { readAll } from '../rigs/streams.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

/** A proxy whose tunnels may wait, as a probe has found; `waiting` are those that do or did, as the proxy sees them. */
async function startPatient(options: ProxyRigOptions = {}) {
  const waiting: Socket[] = [];
  const rig = await startSocks5({ ...options, onWaiting: (client) => waiting.push(client) });
  const entry: ProxyEntry = { ...entryOf(rig, 5), traits: { waits: true, pipelines: false } };
  return Object.assign(rig, { entry, waiting });
}

/** Warm tunnels at a time that stands still unless moved, of worth however near the proxy is; whatever is left is closed after the test. */
function warmAt(t: TestContext, { worthMs = 0 } = {}) {
  const time = { ms: 0 };
  const active: { entry: ProxyEntry | null } = { entry: null };
  const doubted: ProxyEntry[] = [];
  const warm = new WarmTunnels({
    isActive: (entry) => active.entry === null || active.entry === entry,
    now: () => time.ms,
    onDoubt: (entry) => doubted.push(entry),
    worthMs,
  });
  t.after(() => warm.drop());
  return { warm, time, active, doubted };
}

/** Takes the tunnel that is on its way or there already. */
async function taken(warm: WarmTunnels, entry: ProxyEntry): Promise<Tunnel> {
  for (;;) {
    const tunnel = warm.take(entry);
    if (tunnel) return tunnel;
    await new Promise(setImmediate);
  }
}

test('a connection finds a tunnel that is logged in already, and none of its early bytes is lost', async (t) => {
  await using origin = await startSpeakFirst('220 ready\r\n');
  await using proxy = await startPatient({ coalesce: true });
  const { warm } = warmAt(t);
  assert.equal(warm.take(proxy.entry), undefined);
  warm.used(proxy.entry);
  await until(() => proxy.waiting.length === 1);
  assert.deepEqual(proxy.asked, []);
  const stream = await (await taken(warm, proxy.entry)).connect(origin, soon());
  assert.equal((await readAll(stream)).toString(), '220 ready\r\n');
  assert.equal(proxy.asked.length, 1);
  stream.destroy();
});

test('the pool uses the waiting tunnel, and another one takes its place', async (t) => {
  await using origin = await startEcho();
  await using proxy = await startPatient();
  const { warm } = warmAt(t);
  const proxies = new ProxyList(() => {});
  proxies.add([proxy.entry]);
  const pool = new Pool({ proxies, warm, now: Date.now, onDoubt: () => {} });
  (await pool.connect(origin, soon())).destroy();
  await until(() => proxy.waiting.length === 2);
  for (let connections = 2; connections < 6; connections++) {
    assert.equal(proxy.asked.length, connections - 1);
    const stream = await pool.connect(origin, soon());
    await echoes(stream);
    stream.destroy();
    await until(() => proxy.waiting.length === connections + 1);
    assert.equal(proxy.asked.length, connections);
  }
});

test('nothing is opened without a connection, nor where tunnels may not or perhaps may not wait', async (t) => {
  await using proxy = await startPatient();
  const { warm } = warmAt(t);
  assert.equal(warm.take(proxy.entry), undefined);
  for (const waits of [null, false]) {
    proxy.entry.traits = { waits, pipelines: null };
    warm.used(proxy.entry);
    assert.equal(warm.take(proxy.entry), undefined);
  }
  await new Promise(setImmediate);
  assert.equal(proxy.accepted, 0);
});

test('at most four wait, however many connections there are', async (t) => {
  await using proxy = await startPatient();
  const { warm, time } = warmAt(t);
  warm.used(proxy.entry);
  time.ms = 300; // opening takes so long
  await until(() => proxy.waiting.length === 1);
  (await taken(warm, proxy.entry)).close();
  for (let uses = 0; uses < 100; uses++) warm.used(proxy.entry);
  await until(() => proxy.open === 4);
  for (let uses = 0; uses < 100; uses++) warm.used(proxy.entry);
  await until(() => proxy.waiting.length === 5);
  assert.equal(proxy.accepted, 5);
});

test('a proxy that opens a tunnel in no time is asked for no other one in advance', async (t) => {
  await using proxy = await startPatient();
  const { warm, time } = warmAt(t, { worthMs: 5 });
  warm.used(proxy.entry);
  time.ms = 4; // opening takes so long
  (await taken(warm, proxy.entry)).close();
  warm.used(proxy.entry);
  await proxy.empty();
  assert.equal(proxy.accepted, 1);

  warm.drop();
  warm.used(proxy.entry);
  time.ms += 5;
  for (const tunnel of [await taken(warm, proxy.entry), await taken(warm, proxy.entry)]) tunnel.close();
});

test('a tunnel that the proxy ended, or spoke on, is not handed out', async (t) => {
  await using proxy = await startPatient();
  const { warm } = warmAt(t);
  for (const act of [
    (client: Socket) => client.end(),
    (client: Socket) => client.write('?'),
    (client: Socket) => client.resetAndDestroy(),
  ]) {
    const before = proxy.waiting.length;
    warm.used(proxy.entry);
    await until(() => proxy.waiting.length > before);
    act(proxy.waiting.at(-1) as Socket);
    await until(() => !process.getActiveResourcesInfo().includes('TCPSocketWrap')); // closed at both ends
    assert.equal(warm.take(proxy.entry), undefined);
    assert.equal(proxy.accepted, before + 1); // nobody asked for another one
  }
});

test('what nobody needed within ten seconds is closed', async (t) => {
  await using proxy = await startPatient();
  const { warm } = warmAt(t);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  warm.used(proxy.entry);
  await until(() => proxy.waiting.length === 1);
  const tunnel = await taken(warm, proxy.entry); // it is there, and another one follows
  tunnel.close();
  await until(() => proxy.waiting.length === 2);
  await new Promise(setImmediate);
  t.mock.timers.tick(9999);
  assert.equal(proxy.open, 1);
  t.mock.timers.tick(1);
  await proxy.empty();
  assert.equal(warm.take(proxy.entry), undefined);
});

test('when another proxy becomes the active one, nothing waits at the one before; one that only helped out changes nothing', async (t) => {
  await using first = await startPatient();
  await using second = await startPatient();
  const { warm, active } = warmAt(t);
  active.entry = first.entry;
  warm.used(first.entry);
  await until(() => first.waiting.length === 1);
  warm.used(second.entry);
  (await taken(warm, first.entry)).close();
  assert.equal(second.accepted, 0);
  active.entry = second.entry;
  warm.used(second.entry);
  await first.empty();
  assert.equal(warm.take(first.entry), undefined);
  (await taken(warm, second.entry)).close();
});

test('drop closes what waits and what is on its way', async (t) => {
  await using proxy = await startPatient();
  await using silent = await startForwarder(proxy, { blackhole: true });
  const { warm, doubted } = warmAt(t);
  warm.used(proxy.entry);
  await until(() => proxy.waiting.length === 1);
  warm.drop();
  await proxy.empty();

  const mute: ProxyEntry = { ...entryOf(silent, 5), traits: { waits: true, pipelines: false } };
  warm.used(mute);
  await until(() => silent.open === 1);
  warm.drop();
  await silent.empty();
  assert.deepEqual(doubted, []);
});

test('a tunnel that is there in the very moment of the drop is closed too', async (t) => {
  await using proxy = await startPatient();
  const { warm } = warmAt(t);
  const { client } = proxy.entry;
  const opened = Promise.withResolvers<void>();
  const late: ProxyEntry = {
    ...proxy.entry,
    client: {
      async open(signal) {
        const tunnel = await client.open(signal);
        warm.drop();
        opened.resolve();
        return tunnel;
      },
    },
  };
  warm.used(late);
  await opened.promise;
  await proxy.empty();
});

test('a tunnel that cannot be opened is tried once for each connection, and casts doubt', async (t) => {
  const { warm, doubted } = warmAt(t);
  const dead: ProxyEntry = { ...entryOf({ host: '127.0.0.1', port: await refusingPort() }, 5), traits: { waits: true, pipelines: false } };
  for (const times of [1, 2]) {
    warm.used(dead);
    await until(() => doubted.length === times);
    await new Promise(setImmediate);
    assert.equal(warm.take(dead), undefined);
    assert.equal(doubted.length, times);
    assert.equal(dead.record.failures, 0);
  }
});
