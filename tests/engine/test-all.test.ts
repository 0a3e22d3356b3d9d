import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ProxyEntry, ProxyList } from '../../main/engine/proxy-list.ts';
import { Prober } from '../../main/engine/selection/prober.ts';
import { startForwarder } from '../rigs/fault-forwarder.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { entryOf } from '../rigs/proxy-entries.ts';
import { startEngine, stateOf } from '../rigs/running-engine.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

test('all that a person wants tested are tested, also when something is imported meanwhile', async (t) => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  await using engine = await startEngine(t, { probe: origin.url });
  const links = (name: string, count: number) =>
    Array.from({ length: count }, (_, index) => `socks5://${name}${index}:x@127.0.0.1:${proxy.port}`).join('\n');
  await engine.commands.importText({ text: links('friend', 400) });
  const searched = await stateOf(engine, ({ testing, proxies }) => testing === null && proxies.working >= 10);
  assert.ok(searched.proxies.untested > 0, 'the search after an import ends with a few good ones');
  await engine.commands.testProxies({ ids: 'all' });
  await engine.commands.importText({ text: links('stranger', 1) });
  const tested = await stateOf(engine, ({ testing, proxies }) => testing === null && proxies.total === 401);
  assert.deepEqual(tested.proxies, { total: 401, working: 401, failing: 0, untested: 0, notSpoken: 0 });
});

test('a proxy that a connection doubts does not wait for the thousands that a person wants tested', async () => {
  await using alive = await startSocks5();
  await using silent = await startForwarder(alive, { blackhole: true });
  await using origin = await startHttpOrigin();
  const proxies = new ProxyList(() => {});
  const prober = new Prober(proxies, [origin.url], () => {});
  const dead = Array.from({ length: 2000 }, (_, i): ProxyEntry => ({ ...entryOf(silent), id: String(i) }));
  const doubted = entryOf(alive);
  proxies.add([...dead, doubted]);
  prober.test(proxies.all());
  await until(() => silent.open > 0);
  prober.recheck(doubted);
  await until(() => doubted.record.testedAt !== null);
  assert.ok((prober.progress()?.total ?? 0) - (prober.progress()?.done ?? 0) > 1500);
  prober.cancel();
  await silent.empty();
  await until(() => prober.progress() === null);
});
