/** What is known but not spoken is kept and given back, and nothing is ever sent to it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import { SocksClient } from 'socks';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { rowsOf, startEngine, stateOf } from '../rigs/running-engine.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';

assertNothingLeftOpen();

/** A port at which nobody should ever knock. */
async function startListener() {
  let connections = 0;
  const server = net.createServer((socket) => {
    connections++;
    socket.on('error', () => {}).destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  return { port, connections: () => connections, [Symbol.asyncDispose]: async () => void server.close() };
}

test('alone, it leaves nothing to use: refused, not tried', async (t) => {
  await using listener = await startListener();
  await using engine = await startEngine(t);
  const link = `hysteria2://s%2Fecret@127.0.0.1:${listener.port}/?obfs=salamander&Unknown=a+b#Fast`;
  const report = await engine.commands.importText({ text: link });
  assert.deepEqual([report.added, report.notSpoken], [1, 1]);
  const { proxies, endpoint } = await stateOf(engine, ({ proxies }) => proxies.total === 1);
  assert.deepEqual(proxies, { total: 1, working: 0, failing: 0, untested: 0, notSpoken: 1 });
  const [row] = await rowsOf(engine);
  assert.ok(row && endpoint);
  assert.deepEqual([row.label, row.protocol, row.notSpoken, row.address], ['Fast', 'Hysteria2', 'Hysteria2', `127.0.0.1:${listener.port}`]);
  assert.equal(engine.store.getState().status, 'no-proxies');

  await engine.commands.testProxies({ ids: 'all' });
  await engine.commands.testProxies({ ids: [row.id] });
  await assert.rejects(engine.commands.pinProxy({ id: row.id }), { code: 'not-spoken' });
  await engine.commands.excludeProxies({ ids: [row.id], excluded: true });
  await engine.commands.excludeProxies({ ids: [row.id], excluded: false });
  const destination = { host: '127.0.0.1', port: 9 };
  for (const mode of ['automatic', 'round-robin', 'sticky', 'manual'] as const) {
    await engine.commands.changeSettings({ mode });
    await assert.rejects(SocksClient.createConnection({ proxy: { ...endpoint, type: 5 }, command: 'connect', destination }));
  }
  assert.equal(listener.connections(), 0);
  assert.deepEqual(engine.store.getState().proxies, proxies);
});

test('beside one that works it is neither tested nor failing nor taken, also after a restart; its link comes back as it was', async (t) => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  await using listener = await startListener();
  const link = `tuic://b831381d-6324-4d53-ad4f-8cda48b30811:pw@127.0.0.1:${listener.port}?congestion_control=bbr`;
  const first = await startEngine(t, { probe: origin.url });
  await first.commands.importText({ text: `${link}\nsocks5://127.0.0.1:${proxy.port}` });
  await stateOf(first, ({ proxies }) => proxies.working === 1);
  await first.stop();

  await using engine = await startEngine(t, { probe: origin.url, dataFolder: first.dataFolder });
  await engine.commands.testProxies({ ids: 'all' });
  const { proxies } = await stateOf(engine, ({ status, testing }) => status === 'ready' && testing === null);
  assert.deepEqual(proxies, { total: 2, working: 1, failing: 0, untested: 0, notSpoken: 1 });
  assert.deepEqual(
    (await rowsOf(engine)).map(({ protocol }) => protocol),
    ['SOCKS5', 'TUIC'],
  );
  assert.equal(listener.connections(), 0);
  assert.ok((await engine.commands.exportProxies({ ids: 'all', format: 'links' })).text.split('\n').includes(link));
});
