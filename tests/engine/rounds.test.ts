import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { type ProxyEntry, ProxyList } from '../../main/engine/proxy-list.ts';
import { Prober } from '../../main/engine/selection/prober.ts';
import { isWorking, untested, withFailure } from '../../main/engine/selection/record.ts';
import { Rounds } from '../../main/engine/selection/rounds.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { entryOf } from '../rigs/proxy-entries.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

const minute = 60_000;

/** A world with one proxy that answers and one that does not; time passes only where the test says so. */
async function startWorld() {
  const origin = await startHttpOrigin();
  const alive = await startSocks5();
  const it = { now: Date.now() };
  const proxies = new ProxyList(
    () => {},
    () => it.now,
  );
  const prober = new Prober(proxies, [origin.url], () => {});
  const rounds = new Rounds({ proxies, prober, now: () => it.now, random: () => 0.5, spreadMs: 0 });
  const settled = () => until(() => prober.progress() === null);
  /** How many probes reached the living proxy meanwhile. */
  const probesIn = async (act: () => void) => {
    const before = alive.accepted;
    act();
    await settled();
    return alive.accepted - before;
  };
  return {
    it,
    proxies,
    prober,
    rounds,
    probesIn,
    /** Proxies that answer; measured ones have a latency. */
    living: (count: number, latencyMs?: number): ProxyEntry[] =>
      Array.from({ length: count }, (_, i) => ({ ...entryOf(alive, latencyMs), id: `${latencyMs} ${i}` })),
    async [Symbol.asyncDispose]() {
      rounds.stop();
      prober.stop();
      await settled();
      await alive[Symbol.asyncDispose]();
      await origin[Symbol.asyncDispose]();
    },
  };
}

test('while somebody connects, a round probes the best ten and no other, if ten are known', async () => {
  await using world = await startWorld();
  const { proxies, rounds, probesIn, living } = world;
  const [best, rest] = [living(10, 20), living(30, 90)];
  proxies.add([...rest, ...best, ...living(50)]);
  rounds.used();
  assert.equal(await probesIn(() => rounds.round()), 10);
  assert.ok(best.every(({ record }) => record.connect !== null));
  assert.ok(rest.every(({ record }) => record.connect === null));
});

test('a round comes every three minutes', async (t) => {
  await using world = await startWorld();
  const { proxies, prober, rounds, living } = world;
  proxies.add(living(1, 20));
  t.mock.timers.enable({ apis: ['setTimeout'] });
  rounds.start();
  rounds.used();
  for (const _ of ['first', 'second']) {
    prober.cancel();
    t.mock.timers.tick(3 * minute - 1);
    assert.equal(prober.progress(), null);
    t.mock.timers.tick(1);
    assert.deepEqual(prober.progress(), { done: 0, total: 1 });
  }
});

test('nothing is probed before the first connection, nor half an hour after the last one', async () => {
  await using world = await startWorld();
  const { it, proxies, rounds, probesIn, living } = world;
  proxies.add([...living(3, 20), ...living(50)]);
  assert.equal(await probesIn(() => rounds.round()), 0);
  rounds.used();
  it.now += 30 * minute;
  assert.ok((await probesIn(() => rounds.round())) > 0);
  it.now += 1;
  assert.equal(await probesIn(() => rounds.round()), 0);
});

test('where good ones are missing, a few others are tried, and only as far as they are missing', async () => {
  await using world = await startWorld();
  const { proxies, rounds, probesIn, living } = world;
  proxies.add([...living(7, 20), ...living(500)]);
  rounds.used();
  const probes = await probesIn(() => rounds.round());
  assert.ok(probes >= 10 && probes <= 7 + 12, String(probes)); // four tries for each missing one
  assert.ok(proxies.counts().working >= 10);
  assert.equal(await probesIn(() => rounds.round()), 10);
});

test('those that stay dead are tried less and less often', async () => {
  await using world = await startWorld();
  const { it, proxies, rounds, probesIn, living } = world;
  const dead = { ...entryOf({ host: '127.8.0.1', port: 9 }), record: withFailure(untested, 1, 'proxy-refused') };
  proxies.add([...living(1, 20), dead]);
  let tries = 0;
  for (let minutes = 0; minutes < 24 * 60; minutes += 12) {
    rounds.used();
    const before = dead.record.failures;
    await probesIn(() => rounds.round());
    tries += dead.record.failures - before;
    it.now += 12 * minute;
  }
  assert.ok(tries >= 8 && tries <= 10, String(tries)); // after 3, 6, 12 ... 192 minutes, then each six hours
});

test('the first connection after a pause has the proxy in use looked at, the next one not', async () => {
  await using world = await startWorld();
  const { it, proxies, rounds, probesIn, living } = world;
  const [current] = living(1, 20) as [ProxyEntry];
  current.record = { ...current.record, testedAt: Date.now() - minute };
  proxies.add([current, ...living(1, 90)]);
  assert.equal(await probesIn(() => rounds.used()), 1);
  current.record = { ...current.record, testedAt: Date.now() - minute };
  assert.equal(await probesIn(() => rounds.used()), 0);
  it.now += 31 * minute;
  assert.equal(await probesIn(() => rounds.used()), 1);
});

test('after a change of networks the best three are tried, and where none works, the others, also while nobody connects', async () => {
  await using world = await startWorld();
  const { proxies, rounds, living } = world;
  const others = living(20);
  proxies.add([...living(5, 20), ...others]);
  const seen = (entries: ProxyEntry[]) => entries.filter(({ record }) => record.connect !== null).length;
  rounds.networkChanged();
  await until(() => seen(proxies.all()) === 3);
  assert.equal(seen(others), 0);
  for (const entry of proxies.best(5)) proxies.failed(entry, 'proxy-timeout');
  rounds.networkChanged();
  await until(() => seen(others) >= 5);
});

test('when the last good one fails while somebody connects, others are tried at once', async () => {
  await using world = await startWorld();
  const { it, proxies, rounds, probesIn, living } = world;
  const [last] = living(1, 20) as [ProxyEntry];
  const others = living(60);
  proxies.add([last, ...others]);
  proxies.failed(last, 'proxy-timeout');
  assert.equal(await probesIn(() => rounds.look()), 0); // nobody is waiting for it
  it.now += 10_000;
  const probes = await probesIn(() => rounds.used());
  assert.ok(probes >= 10, String(probes));
  assert.ok(others.filter(({ record }) => isWorking(record)).length >= 10);
});

test('where only one group may be used and none of it works, its others are tried at once, though others work', async () => {
  await using world = await startWorld();
  const { proxies, rounds, probesIn, living } = world;
  const group = living(30).map((entry) => ({ ...entry, id: `friends ${entry.id}`, source: 'friends.txt' }));
  proxies.add([...living(5, 20), ...group]);
  proxies.choose({ group: 'friends.txt' });
  const probes = await probesIn(() => rounds.used());
  assert.ok(probes >= 10, String(probes));
  assert.ok(proxies.current && group.includes(proxies.current));
});

test('the probes of a round do not come together, and none comes after stop', async (t) => {
  await using world = await startWorld();
  const { it, proxies, prober, living } = world;
  const numbers = Array.from({ length: 10 }, (_, index) => (index + 0.5) / 10);
  const rounds = new Rounds({ proxies, prober, now: () => it.now, random: () => numbers.shift() ?? 0.5, spreadMs: 10_000 });
  proxies.add(living(10, 20));
  const probed = () => proxies.all().filter(({ record }) => record.connect !== null).length;
  rounds.used();
  await until(() => prober.progress() === null);
  const { timers } = t.mock;
  timers.enable({ apis: ['setTimeout'] });
  rounds.round();
  for (let seconds = 1; seconds <= 8; seconds++) {
    timers.tick(1000);
    for (let turns = 0; probed() < seconds && turns < 5000; turns++) {
      timers.tick(1); // the prober's own pace
      await turn();
    }
    assert.equal(probed(), seconds);
  }
  rounds.stop();
  timers.tick(10_000);
  assert.equal(prober.progress(), null);
  assert.equal(probed(), 8);
});
