import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { SocksClient } from 'socks';
import type { Status } from '../../preload/contract.ts';
import { startForwarder } from '../rigs/fault-forwarder.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho, startHttpOrigin } from '../rigs/origin.ts';
import { answerOffer, rowsOf, startEngine, stateOf } from '../rigs/running-engine.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';

assertNothingLeftOpen();

const nowhere = 'http://127.0.0.1:9/';

test('the status follows the proxies: none, looking, ready, blocked', async (t) => {
  await using origin = await startHttpOrigin();
  const proxy = await startSocks5();
  await using engine = await startEngine(t, { probe: origin.url });
  assert.equal(engine.store.getState().status, 'no-proxies');
  await engine.commands.importText({ text: `socks5://127.0.0.1:${proxy.port}#Friend` });
  const ready = await stateOf(engine, ({ status }) => status === 'ready');
  assert.equal(ready.active?.label, 'Friend');
  assert.equal(ready.active?.encrypted, false);
  await proxy[Symbol.asyncDispose]();
  await engine.commands.testProxies({ ids: 'all' });
  await stateOf(engine, ({ status, active }) => status === 'blocked' && active === null);
});

test('what nobody may use does not count as a way that may be found', async (t) => {
  await using proxy = await startSocks5();
  await using silent = await startForwarder(proxy, { blackhole: true });
  await using engine = await startEngine(t);
  await engine.commands.importText({ text: `socks5://127.0.0.1:${await refusingPort()}#Dead`, source: 'one.txt' });
  await stateOf(engine, ({ status }) => status === 'blocked');
  const [dead] = await rowsOf(engine);
  await engine.commands.importText({ text: `socks5://127.0.0.1:${silent.port}#Silent`, source: 'other.txt' });
  await engine.commands.cancelTests({});
  await stateOf(engine, ({ status, testing, proxies }) => status === 'testing' && testing === null && proxies.untested === 1);
  const statusAfter = async (change: () => Promise<unknown>, status: Status) => {
    await change();
    await stateOf(engine, (state) => state.status === status);
  };
  await statusAfter(() => engine.commands.pinProxy({ id: dead?.id ?? '' }), 'blocked');
  await statusAfter(() => engine.commands.pinProxy({ id: null }), 'testing');
  await statusAfter(() => engine.commands.changeSettings({ group: 'one.txt' }), 'blocked');
  await statusAfter(() => engine.commands.changeSettings({ group: null }), 'testing');
  await statusAfter(() => engine.commands.changeSettings({ mode: 'manual' }), 'blocked');
});

test('after a wake the proxy in use is looked at again', async (t) => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  await using engine = await startEngine(t, { probe: origin.url });
  await engine.commands.importText({ text: `socks5://127.0.0.1:${proxy.port}` });
  const { active } = await stateOf(engine, ({ status }) => status === 'ready');
  engine.wake();
  await stateOf(engine, (state) => (state.active?.testedAt ?? 0) > (active?.testedAt ?? 0));
});

test('bytes are counted and shown', async (t) => {
  await using origin = await startHttpOrigin();
  await using echo = await startEcho();
  await using proxy = await startSocks5();
  await using engine = await startEngine(t, { probe: origin.url });
  await engine.commands.importText({ text: `socks5://127.0.0.1:${proxy.port}` });
  const { endpoint } = await stateOf(engine, ({ status }) => status === 'ready');
  assert.ok(endpoint);
  const { socket } = await SocksClient.createConnection({ proxy: { ...endpoint, type: 5 }, command: 'connect', destination: echo });
  socket.on('error', () => {});
  socket.write('12345');
  await once(socket, 'data');
  const { traffic } = await stateOf(engine, ({ traffic }) => traffic.upBytes === 5 && traffic.downBytes === 5);
  assert.equal(traffic.connections, 1);
  socket.destroy();
  await stateOf(engine, ({ traffic }) => traffic.connections === 0);
});

test('import reports what it did; the same again are duplicates; export gives the same links back', async (t) => {
  await using engine = await startEngine(t);
  const text = [
    'tg://socks?server=127.0.2.1&port=9&user=u&pass=p%40ss',
    'socks5://127.0.2.2:9#Two',
    'snell://secret@127.0.2.3:9',
    'foo://abc',
  ].join('\n');
  const report = await engine.commands.importText({ text });
  assert.deepEqual(report, {
    added: 3,
    notSpoken: 1,
    duplicates: 0,
    ignoredLines: 0,
    rejected: [{ line: 4, code: 'unknown-scheme', detail: 'foo' }],
  });
  const exported = (await engine.commands.exportProxies({ ids: 'all', format: 'links' })).text;
  assert.deepEqual(exported.split('\n').sort(), [
    'snell://secret@127.0.2.3:9',
    'socks5://127.0.2.2:9#Two',
    'socks5://u:p%40ss@127.0.2.1:9',
  ]);
  const again = await engine.commands.importText({ text: exported });
  assert.deepEqual({ added: again.added, duplicates: again.duplicates }, { added: 0, duplicates: 3 });
});

test('a proxy that is imported again has the name under which it came last, and is the same one for the rest', async (t) => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  await using first = await startEngine(t, { probe: origin.url });
  const link = `socks5://127.0.0.1:${proxy.port}`;
  await first.commands.importText({ text: `${link}#Home` });
  const { active } = await stateOf(first, ({ status, testing }) => status === 'ready' && testing === null);
  await first.commands.pinProxy({ id: active?.id ?? '' });
  const report = await first.commands.importText({ text: `${link}#Work\n${link}#Play` });
  assert.deepEqual([report.added, report.duplicates], [0, 2]);
  assert.deepEqual(await rowsOf(first), [{ ...active, label: 'Work', pinned: true }]);
  await first.commands.importText({ text: link });
  assert.deepEqual(
    (await rowsOf(first)).map(({ label }) => label),
    ['Work'],
    'no name is no new name',
  );
  await first.stop();
  await using second = await startEngine(t, { probe: origin.url, dataFolder: first.dataFolder });
  assert.deepEqual(
    (await rowsOf(second)).map(({ id, label, pinned }) => [id, label, pinned]),
    [[active?.id, 'Work', true]],
  );
});

test('list: pages, search, the pinned one on top; unknown ids are refused', async (t) => {
  await using engine = await startEngine(t);
  await engine.commands.importText({
    text: Array.from({ length: 30 }, (_, i) => `socks5://127.0.2.${i + 1}:9#Proxy ${i + 1}`).join('\n'),
  });
  const page = await engine.commands.listProxies({ offset: 20, limit: 20 });
  assert.equal(page.total, 30);
  assert.equal(page.rows.length, 10);
  const found = await engine.commands.listProxies({ offset: 0, limit: 500, search: ' proxy 17' });
  assert.deepEqual(
    found.rows.map(({ address }) => address),
    ['127.0.2.17:9'],
  );
  const id = found.rows[0]?.id ?? '';
  await engine.commands.pinProxy({ id });
  const [top] = await rowsOf(engine);
  assert.equal(top?.id, id);
  assert.equal(top?.pinned, true);
  await assert.rejects(engine.commands.pinProxy({ id: 'nobody' }), { code: 'unknown-proxy' });
  assert.deepEqual(await engine.commands.listProxyIds({ search: ' proxy 17' }), [id]);
  assert.match((await engine.commands.exportProxies({ ids: ['nobody', id], format: 'links' })).text, /^socks5:[^\n]*$/);
  await assert.rejects(engine.commands.exportProxies({ ids: ['nobody'], format: 'links' }), { code: 'unknown-proxy' });
});

test('remove: by id, the failing ones, and the pin with its proxy', async (t) => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  await using engine = await startEngine(t, { probe: origin.url });
  await engine.commands.importText({ text: `socks5://127.0.0.1:${await refusingPort()}#Dead\nsocks5://127.0.0.1:${proxy.port}#Kept` });
  await stateOf(engine, ({ proxies }) => proxies.failing === 1 && proxies.working === 1);
  assert.deepEqual(await engine.commands.removeProxies({ ids: 'failing' }), { removed: 1 });
  const [kept] = await rowsOf(engine);
  assert.equal(kept?.label, 'Kept');
  await engine.commands.pinProxy({ id: kept.id });
  await engine.commands.removeProxies({ ids: [kept.id] });
  const state = await stateOf(engine, ({ status }) => status === 'no-proxies');
  assert.equal(state.pinnedId, null);
});

test('proxies, measurements, the pin and settings survive a restart', async (t) => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  await using first = await startEngine(t, { probe: origin.url });
  await first.commands.importText({ text: `socks5://127.0.0.1:${proxy.port}` });
  await stateOf(first, ({ status }) => status === 'ready');
  const [row] = await rowsOf(first);
  assert.ok(row?.latencyMs !== null);
  await first.commands.pinProxy({ id: row?.id ?? '' });
  await first.commands.changeSettings({ claimTelegramLinks: true });
  await first.stop();
  await using second = await startEngine(t, { dataFolder: first.dataFolder, probe: nowhere });
  assert.equal(second.store.getState().settings.claimTelegramLinks, true);
  const { pinnedId } = await stateOf(second, ({ proxies }) => proxies.total === 1);
  assert.equal(pinnedId, row?.id);
});

test('a clicked link waits for the person: shown without its secret, imported on yes, forgotten on no', async (t) => {
  await using engine = await startEngine(t);
  await engine.offerImport('tg://socks?server=127.0.2.1&port=9&user=u&pass=hidden');
  const { pending } = engine.store.getState();
  assert.deepEqual(pending, { id: 1, links: 1, rejected: 0, addresses: ['127.0.2.1:9'], subscriptions: [] });
  assert.equal((await rowsOf(engine)).length, 0);
  assert.equal(await answerOffer(engine, false), null);
  assert.equal(engine.store.getState().pending, null);
  assert.equal(await engine.commands.answerPending({ id: 1, accept: true }), null); // nothing waits any more

  await engine.offerImport('tg://socks?server=127.0.2.1&port=9&user=u&pass=hidden');
  const report = await answerOffer(engine, true);
  assert.equal(report?.added, 1);
  assert.equal((await rowsOf(engine)).length, 1);
});

test('a yes counts for the offer that it was said to, not for one that has taken its place', async (t) => {
  await using engine = await startEngine(t);
  await engine.offerImport('socks5://127.0.2.1:9');
  const { pending } = engine.store.getState();
  await engine.offerImport('socks5://127.0.2.2:9');
  assert.equal(await engine.commands.answerPending({ id: pending?.id ?? 0, accept: true }), null);
  assert.equal((await rowsOf(engine)).length, 0);
  assert.deepEqual(engine.store.getState().pending?.addresses, ['127.0.2.2:9']); // which still waits
});

test('50,000 links: all stored, progress shown, and the event loop stays free', async (t) => {
  await using engine = await startEngine(t);
  const text = Array.from({ length: 50_000 }, (_, i) => `socks5://user:pass@127.1.${i >> 8}.${i & 255}:9`).join('\n');
  const seen: number[] = [];
  engine.store.subscribe(({ importing }) => importing && seen.push(importing.done));
  const importing = engine.commands.importText({ text });
  await engine.commands.cancelTests({});
  const report = await importing;
  await engine.commands.cancelTests({});
  assert.equal(report.added, 50_000);
  assert.ok(seen.length > 10);
});
