import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Engine } from '../../main/engine/engine.ts';
import type { AppState } from '../../preload/contract.ts';
import type { SubscriptionRow } from '../../preload/subscriptions.ts';
import { readAllFiles } from '../rigs/data-folder.ts';
import { startListServer } from '../rigs/list-server.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { answerOffer, rowsOf, startEngine, stateOf } from '../rigs/running-engine.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

const body = ['one', 'two', 'three'].map((name, i) => `socks5://user:c4nary-pw@127.0.0.1:${9 + i}#${name}`).join('\n');

/** An engine with one proxy that works, pasted by hand. */
async function startWithProxy(t: TestContext) {
  const [origin, proxy] = [await startHttpOrigin(), await startSocks5()];
  const engine = await startEngine(t, { probe: origin.url });
  await engine.commands.importText({ text: `socks5://127.0.0.1:${proxy.port}#mine` });
  await stateOf(engine, ({ active }) => active?.label === 'mine');
  return Object.assign(engine, {
    proxy,
    probe: origin.url,
    async [Symbol.asyncDispose]() {
      await engine.stop();
      for (const rig of [origin, proxy]) await rig[Symbol.asyncDispose]();
    },
  });
}

/** Pastes an address and says yes. */
async function subscribe(engine: Engine, url: string): Promise<void> {
  await engine.commands.importText({ text: url });
  await answerOffer(engine, true);
}

/** The only subscription, once its update is over and it `matches`. */
async function subscriptionOf(engine: Engine, matches: (row: SubscriptionRow) => boolean = () => true): Promise<SubscriptionRow> {
  const isDone = (row: SubscriptionRow | undefined) => row !== undefined && !row.isUpdating && row.triedAt !== null && matches(row);
  const { subscriptions } = await stateOf(engine, ({ subscriptions: [row] }) => isDone(row));
  return subscriptions[0] as SubscriptionRow;
}

/** Fetches it again. */
async function update(engine: Engine): Promise<SubscriptionRow> {
  const { triedAt } = await subscriptionOf(engine);
  await engine.commands.updateSubscriptions({ ids: 'all' });
  return subscriptionOf(engine, (row) => row.triedAt !== triedAt);
}

const labels = async (engine: Engine) => (await rowsOf(engine)).map(({ label }) => label).sort();

test('nothing is fetched before the person says yes; then through a proxy, and what is known of it is shown', async (t) => {
  const expire = 1_893_456_000;
  await using server = await startListServer({
    body,
    headers: {
      'profile-title': `base64:${Buffer.from('\u202eMy\nlists').toString('base64')}`,
      'profile-update-interval': '12',
      'subscription-userinfo': `upload=1; download=2; total=10; expire=${expire}`,
    },
  });
  await using engine = await startWithProxy(t);
  const report = await engine.commands.importText({ text: `${server.url}#from-the-link` });
  assert.deepEqual([report.added, report.rejected], [0, []]);
  const offer = { host: `127.0.0.1:${server.port}`, name: 'from-the-link', isPlain: true };
  assert.deepEqual(engine.store.getState().pending?.subscriptions, [offer]);
  assert.equal(await answerOffer(engine, false), null);
  assert.deepEqual([engine.store.getState().pending, engine.store.getState().subscriptions, server.requests.length], [null, [], 0]);

  await subscribe(engine, server.url);
  const { id, updatedAt, triedAt, ...row } = await subscriptionOf(engine);
  assert.ok(updatedAt !== null && updatedAt === triedAt && id !== '');
  assert.deepEqual(row, {
    name: 'My lists',
    host: `127.0.0.1:${server.port}`,
    isPlain: true,
    isUpdating: false,
    proxies: 3,
    usedBytes: 3,
    totalBytes: 10,
    expiresAt: expire * 1000,
    result: null,
  });
  assert.deepEqual(await labels(engine), ['mine', 'one', 'three', 'two']);
  assert.ok((await rowsOf(engine)).every(({ label, source }) => source === (label === 'mine' ? '' : 'My lists')));
  assert.ok(engine.proxy.asked.some(({ port }) => port === server.port));
  assert.ok(!JSON.stringify(engine.store.getState()).includes('c4nary'));
});

test('an update adds and removes, and lets measurements, pins and what was added by hand be', async (t) => {
  await using server = await startListServer({ body });
  await using engine = await startWithProxy(t);
  await subscribe(engine, server.url);
  await subscriptionOf(engine, ({ proxies }) => proxies === 3);
  const tested = await stateOf(engine, ({ proxies }) => proxies.failing === 3);
  assert.equal(tested.proxies.total, 4);
  const idOf = async (name: string) => (await rowsOf(engine)).find(({ label }) => label === name)?.id ?? '';
  const before = (await rowsOf(engine)).find(({ label }) => label === 'one');
  await engine.commands.importText({ text: body.split('\n')[1] ?? '' }); // by hand too
  await engine.commands.pinProxy({ id: await idOf('three') });

  server.answer = { body: `${body.split('\n')[0]}\nsocks5://127.0.0.1:13#four` };
  const { proxies } = await update(engine);
  assert.equal(proxies, 2);
  assert.deepEqual(await labels(engine), ['four', 'mine', 'one', 'three', 'two']);
  assert.deepEqual(
    (await rowsOf(engine)).find(({ label }) => label === 'one'),
    before,
  );

  await engine.commands.pinProxy({ id: null });
  server.answer = { body: 'socks5://127.0.0.1:13#four' };
  await update(engine);
  assert.deepEqual(await labels(engine), ['four', 'mine', 'three', 'two']);
});

test('an update brings new names too, but not to what a person named', async (t) => {
  await using server = await startListServer({ body });
  await using engine = await startWithProxy(t);
  await subscribe(engine, server.url);
  await subscriptionOf(engine, ({ proxies }) => proxies === 3);
  await engine.commands.importText({ text: (body.split('\n')[1] ?? '').replace('#two', '#zwei') });
  server.answer = { body: body.replace('#one', '#uno').replace('#two', '#dos') };
  await update(engine);
  assert.deepEqual(await labels(engine), ['mine', 'three', 'uno', 'zwei']);
});

test('an update that brings nothing, garbage or a page keeps the old list; 304 is no change', async (t) => {
  await using server = await startListServer({ body, headers: { etag: '"1"' } });
  await using engine = await startWithProxy(t);
  await subscribe(engine, server.url);
  await subscriptionOf(engine);
  for (const [answer, result] of [
    [{ body: '' }, 'list-empty'],
    [{ body: '\0\u0001\u0002 garbage' }, 'list-empty'],
    [{ body: '<html>log in</html>' }, 'list-is-page'],
    [{ status: 404 }, 'list-refused'],
    [{ body, headers: { etag: '"1"' } }, null],
  ] as const) {
    server.answer = answer;
    assert.equal((await update(engine)).result, result);
    assert.deepEqual(await labels(engine), ['mine', 'one', 'three', 'two']);
  }
  assert.equal(server.requests.at(-1)?.headers['if-none-match'], '"1"');
});

test('a list whose proxies were all removed by hand comes again, although it has not changed', async (t) => {
  await using server = await startListServer({ body, headers: { etag: '"1"' } });
  await using engine = await startWithProxy(t);
  await subscribe(engine, server.url);
  await subscriptionOf(engine, ({ proxies }) => proxies === 3);
  const listed = (await rowsOf(engine)).filter(({ label }) => label !== 'mine').map(({ id }) => id);
  await engine.commands.removeProxies({ ids: listed });
  assert.deepEqual(await labels(engine), ['mine']);
  assert.equal((await update(engine)).result, null);
  assert.deepEqual(await labels(engine), ['mine', 'one', 'three', 'two']);
});

test('directly only where the person allows it', async (t) => {
  await using server = await startListServer({ body });
  await using engine = await startEngine(t);
  await subscribe(engine, server.url);
  assert.equal((await subscriptionOf(engine)).result, 'no-proxies');
  const dead = await refusingPort();
  await engine.commands.importText({ text: `socks5://127.0.0.1:${dead}#dead` });
  assert.equal((await update(engine)).result, 'proxy-refused');
  assert.equal(server.requests.length, 0);
  await engine.commands.changeSettings({ allowDirectFetch: true });
  assert.equal((await update(engine)).result, null);
  assert.deepEqual(await labels(engine), ['dead', 'one', 'three', 'two']);
});

test('it survives a restart, sealed, and goes with its proxies when it is removed', async (t) => {
  await using server = await startListServer({ body });
  await using first = await startWithProxy(t);
  await subscribe(first, server.url);
  const known = await subscriptionOf(first);
  await first.stop();
  for (const [name, bytes] of readAllFiles(first.dataFolder)) assert.ok(!bytes.includes('c4nary') && !bytes.includes('/sub'), name);

  await using second = await startEngine(t, { dataFolder: first.dataFolder, probe: first.probe });
  assert.deepEqual(second.store.getState().subscriptions, [known]);
  await subscribe(second, server.url); // the same again
  assert.equal((await subscriptionOf(second, ({ triedAt }) => triedAt !== known.triedAt)).id, known.id);
  assert.equal(second.store.getState().subscriptions.length, 1);
  assert.deepEqual(await second.commands.removeSubscription({ id: known.id }), { removed: 3 });
  assert.deepEqual([await labels(second), second.store.getState().subscriptions], [['mine'], []]);
  await assert.rejects(second.commands.removeSubscription({ id: known.id }), { code: 'unknown-subscription' });
  await assert.rejects(second.commands.updateSubscriptions({ ids: ['none'] }), { code: 'unknown-subscription' });
});

test('what two lists bring goes only with the second', async (t) => {
  await using one = await startListServer({ body });
  await using two = await startListServer({ body: body.split('\n').slice(1).join('\n') });
  await using engine = await startWithProxy(t);
  await subscribe(engine, one.url);
  await subscribe(engine, two.url);
  const isDone = ({ subscriptions }: AppState) => subscriptions.length === 2 && subscriptions.every(({ proxies }) => proxies > 0);
  const { subscriptions } = await stateOf(engine, isDone);
  assert.deepEqual(
    subscriptions.map(({ proxies }) => proxies),
    [3, 2],
  );
  assert.deepEqual(await engine.commands.removeSubscription({ id: subscriptions[0]?.id ?? '' }), { removed: 1 });
  assert.deepEqual(await engine.commands.removeSubscription({ id: subscriptions[1]?.id ?? '' }), { removed: 2 });
});

test('install links of other programs are offered, and removing while it is fetched ends that', async (t) => {
  await using server = await startListServer({ silent: true });
  await using engine = await startWithProxy(t);
  for (const link of [
    `clash://install-config?url=${encodeURIComponent(server.url)}&name=Work`,
    `sing-box://import-remote-profile?url=${encodeURIComponent(server.url)}#Work`,
    `hiddify://import/${server.url}#Work`,
    `sn://subscription?url=${encodeURIComponent(server.url)}&name=Work`,
  ]) {
    await engine.offerImport(link);
    assert.deepEqual(
      engine.store.getState().pending?.subscriptions.map(({ host, name }) => [host, name]),
      [[`127.0.0.1:${server.port}`, 'Work']],
      link,
    );
  }
  assert.equal(server.requests.length, 0);
  await answerOffer(engine, true);
  await until(() => server.requests.length > 0);
  const { subscriptions } = await stateOf(engine, ({ subscriptions: [row] }) => row?.isUpdating === true);
  assert.deepEqual(await engine.commands.removeSubscription({ id: subscriptions[0]?.id ?? '' }), { removed: 0 });
  await engine.proxy.empty();
});

test('of one text at most 20 lists are offered; the lines of the others are reported', async (t) => {
  await using engine = await startEngine(t);
  const text = Array.from({ length: 23 }, (_, i) => `https://lists.example.com/${i}`).join('\n');
  const { rejected } = await engine.commands.importText({ text });
  assert.equal(engine.store.getState().pending?.subscriptions.length, 20);
  assert.deepEqual(
    rejected.map(({ line, code }) => `${line} ${code}`),
    ['21 is-subscription', '22 is-subscription', '23 is-subscription'],
  );
});
