/** When lists are fetched without being asked for. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { createStore } from 'zustand/vanilla';
import { openDatabase } from '../../main/engine/database.ts';
import { Importer } from '../../main/engine/importer.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { Pin } from '../../main/engine/pin.ts';
import { ProxyList } from '../../main/engine/proxy-list.ts';
import { Prober } from '../../main/engine/selection/prober.ts';
import { initialState } from '../../main/engine/state.ts';
import { newSubscription } from '../../main/engine/subscriptions/subscription.ts';
import { Subscriptions } from '../../main/engine/subscriptions/subscriptions.ts';
import type { AppState } from '../../preload/contract.ts';
import { platformOn, temporaryDataFolder } from '../rigs/data-folder.ts';
import { startListServer } from '../rigs/list-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { entryOf } from '../rigs/proxy-entries.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

const hourMs = 3_600_000;

/** Subscriptions as the engine wires them, one of them kept from an earlier run. */
function createSubscriptions(t: TestContext, url: string, triedHoursAgo: number) {
  const database = openDatabase(platformOn(temporaryDataFolder(t)));
  const kept = { ...newSubscription, url, name: 'kept', triedAt: Date.now() - triedHoursAgo * hourMs };
  database.addSubscription(JSON.stringify(kept));
  const store = createStore<AppState>(() => initialState);
  const proxies = new ProxyList(() => {});
  const parts = { store, proxies, database: () => database };
  const prober = new Prober(proxies, ['http://127.0.0.1:9/'], () => {});
  const importer = new Importer({ ...parts, prober, direct: createDirect(), subscribe() {} });
  const network = { isOffline: false };
  const selection = { trouble: () => (network.isOffline ? 'offline' : null) } as const;
  const subscriptions = new Subscriptions({ ...parts, importer, selection, pin: new Pin(parts), direct: createDirect() });
  subscriptions.load();
  return {
    subscriptions,
    proxies,
    network,
    isUpdating: () => store.getState().subscriptions[0]?.isUpdating,
    async [Symbol.asyncDispose]() {
      subscriptions.stop();
      importer.stop();
      prober.stop();
      database.close();
    },
  };
}

test('a list that is due is fetched, unless the computer is offline or no proxy works', async (t) => {
  await using server = await startListServer({ body: 'socks5://127.0.0.1:9#a' });
  await using proxy = await startSocks5();
  await using rig = createSubscriptions(t, server.url, 27);
  rig.subscriptions.look();
  assert.equal(rig.isUpdating(), false, 'no proxy');
  rig.proxies.add([entryOf(proxy, 20)]);
  rig.network.isOffline = true;
  rig.subscriptions.look();
  assert.equal(rig.isUpdating(), false, 'offline');
  rig.network.isOffline = false;
  rig.subscriptions.look();
  assert.equal(rig.isUpdating(), true);
  rig.subscriptions.look(); // not twice at once
  await until(() => rig.isUpdating() === false);
  assert.equal(server.requests.length, 1);
  rig.subscriptions.look();
  assert.equal(rig.isUpdating(), false, 'not due again');
});

test('a list that was fetched lately is left alone', async (t) => {
  await using server = await startListServer({ body: 'socks5://127.0.0.1:9#a' });
  await using proxy = await startSocks5();
  await using rig = createSubscriptions(t, server.url, 20);
  rig.proxies.add([entryOf(proxy, 20)]);
  rig.subscriptions.look();
  assert.equal(rig.isUpdating(), false);
});

for (const [healthy, ways] of [
  [5, 3],
  [1, 1],
] as const) {
  test(`with ${healthy} healthy proxies it is fetched through ${ways}, and never through one that fails or is excluded`, async (t) => {
    await using server = await startListServer({ status: 404 }); // so that every way is tried
    await using usable = await startSocks5();
    await using unusable = await startSocks5();
    await using rig = createSubscriptions(t, server.url, 27);
    const excluded = { ...entryOf(unusable, 1), id: 'excluded', excluded: true };
    const usables = Array.from({ length: healthy }, (_, i) => ({ ...entryOf(usable, 20), id: `healthy ${i}` }));
    rig.proxies.add([entryOf(unusable), excluded, ...usables]);
    rig.subscriptions.look();
    await until(() => rig.isUpdating() === false);
    assert.deepEqual([server.requests.length, usable.asked.length, unusable.accepted], [ways, ways, 0]);
  });
}
