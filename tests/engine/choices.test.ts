import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openDatabase } from '../../main/engine/database.ts';
import type { Engine } from '../../main/engine/engine.ts';
import type { AppState } from '../../preload/contract.ts';
import { platformOn, temporaryDataFolder } from '../rigs/data-folder.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { rowsOf, startEngine, stateOf } from '../rigs/running-engine.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';

assertNothingLeftOpen();

const idOf = async (engine: Engine, label: string) => (await rowsOf(engine)).find((row) => row.label === label)?.id ?? '';

/** Two proxies that work, Vera from `vera.txt` and Ivan pasted, and the address that probes ask for. */
async function startTwo() {
  const [origin, vera, ivan] = [await startHttpOrigin(), await startSocks5(), await startSocks5()];
  return {
    probe: origin.url,
    importInto: async ({ commands }: Engine) => {
      await commands.importText({ text: `socks5://127.0.0.1:${vera.port}#Vera`, source: 'vera.txt' });
      await commands.importText({ text: `socks5://127.0.0.1:${ivan.port}#Ivan` });
    },
    async [Symbol.asyncDispose]() {
      for (const rig of [origin, vera, ivan]) await rig[Symbol.asyncDispose]();
    },
  };
}
const bothWork = ({ proxies }: AppState) => proxies.working === 2;

test('a group is chosen by its source, survives a restart, and is chosen no longer when its last proxy is gone', async (t) => {
  await using two = await startTwo();
  await using first = await startEngine(t, two);
  await two.importInto(first);
  const { groups } = await stateOf(first, bothWork);
  assert.deepEqual(groups, ['', 'vera.txt']);
  for (const [group, label] of [
    ['vera.txt', 'Vera'],
    ['', 'Ivan'],
  ] as const) {
    await first.commands.changeSettings({ group });
    await stateOf(first, ({ active, lastSwitch }) => active?.label === label && lastSwitch?.to?.label === label);
  }
  await first.commands.changeSettings({ group: 'vera.txt', mode: 'sticky', allowDirectCheck: true });
  await first.stop();

  await using second = await startEngine(t, { ...two, dataFolder: first.dataFolder });
  assert.deepEqual(second.store.getState().settings, {
    claimTelegramLinks: false,
    mode: 'sticky',
    group: 'vera.txt',
    allowDirectCheck: true,
    allowDirectFetch: false,
  });
  await stateOf(second, ({ active }) => active?.label === 'Vera');
  await second.commands.removeProxies({ ids: [await idOf(second, 'Vera')] });
  const state = await stateOf(second, ({ active }) => active?.label === 'Ivan');
  assert.deepEqual([state.groups, state.settings.group], [[''], null]);
});

test('an excluded proxy is neither used nor tested, also after a restart, until it is included or pinned', async (t) => {
  await using two = await startTwo();
  await using first = await startEngine(t, two);
  await two.importInto(first);
  const { active } = await stateOf(first, bothWork);
  const id = active?.id ?? '';
  await first.commands.pinProxy({ id });
  await first.commands.excludeProxies({ ids: [id], excluded: true });
  const switched = await stateOf(first, (state) => state.active !== null && state.active.id !== id);
  assert.equal(switched.lastSwitch?.reason, 'chosen');
  assert.equal(switched.pinnedId, null, 'to exclude the pinned one is to unpin it');
  await assert.rejects(first.commands.excludeProxies({ ids: ['nobody'], excluded: true }), { code: 'unknown-proxy' });
  await first.stop();

  await using second = await startEngine(t, { ...two, dataFolder: first.dataFolder });
  const other = (await stateOf(second, (state) => state.status === 'ready')).active?.id;
  assert.notEqual(other, id);
  assert.deepEqual(
    (await rowsOf(second)).map((row) => [row.id === id, row.excluded]),
    [
      [false, false],
      [true, true],
    ],
  );
  await second.commands.pinProxy({ id });
  await stateOf(second, (state) => state.active?.id === id && state.pinnedId === id);
  assert.ok((await rowsOf(second)).every(({ excluded }) => !excluded));
});

test('only the pinned one: without a pin nothing is used', async (t) => {
  await using two = await startTwo();
  await using engine = await startEngine(t, two);
  await two.importInto(engine);
  await stateOf(engine, bothWork);
  await engine.commands.changeSettings({ mode: 'manual' });
  await stateOf(engine, ({ status, active }) => status === 'blocked' && active === null);
  const ivan = await idOf(engine, 'Ivan');
  await engine.commands.pinProxy({ id: ivan });
  await stateOf(engine, ({ status, active }) => status === 'ready' && active?.id === ivan);
});

test('a pin for minutes says until when, and is let go of by hand or with its proxy', async (t) => {
  await using engine = await startEngine(t);
  await engine.commands.importText({ text: `socks5://127.0.0.1:${await refusingPort()}#Nobody` });
  const id = await idOf(engine, 'Nobody');
  const before = Date.now();
  await engine.commands.pinProxy({ id, minutes: 60 });
  const { pinnedUntil } = await stateOf(engine, ({ pinnedId }) => pinnedId === id);
  assert.ok(pinnedUntil !== null && pinnedUntil >= before + 3_600_000 && pinnedUntil <= Date.now() + 3_600_000);
  await engine.commands.pinProxy({ id });
  assert.equal(engine.store.getState().pinnedUntil, null, 'for ever');
  await engine.commands.pinProxy({ id, minutes: 60 });
  await engine.commands.removeProxies({ ids: [id] });
  assert.equal(engine.store.getState().pinnedUntil, null);
});

/** What the last run left: a pin that ends at this time. */
async function leavePin(t: TestContext, until: (now: number) => number): Promise<string> {
  const dataFolder = temporaryDataFolder(t);
  const database = openDatabase(platformOn(dataFolder));
  const [pinned] = database.addProxies([`socks5://127.0.0.1:${await refusingPort()}#Nobody`]);
  database.writeSetting('pinnedId', pinned?.id ?? '');
  database.writeSetting('pinnedUntil', String(until(Date.now())));
  database.close();
  return dataFolder;
}

test('a pin that ended while the program was not running is gone at start', async (t) => {
  await using engine = await startEngine(t, { dataFolder: await leavePin(t, (now) => now - 1) });
  const { pinnedId, pinnedUntil } = await stateOf(engine, ({ proxies }) => proxies.total === 1);
  assert.deepEqual([pinnedId, pinnedUntil], [null, null]);
});

test('a pin ends while the program runs', async (t) => {
  await using engine = await startEngine(t, { dataFolder: await leavePin(t, (now) => now + 2500) });
  await stateOf(engine, ({ pinnedId, pinnedUntil }) => pinnedId !== null && pinnedUntil !== null);
  await stateOf(engine, ({ pinnedId, pinnedUntil }) => pinnedId === null && pinnedUntil === null);
  await engine.stop();
  const database = openDatabase(platformOn(engine.dataFolder));
  assert.deepEqual([database.readSetting('pinnedId'), database.readSetting('pinnedUntil')], [null, null]);
  database.close();
});
