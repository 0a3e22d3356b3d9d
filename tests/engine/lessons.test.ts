import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ProxyEntry, ProxyList, type Traits } from '../../main/engine/proxy-list.ts';
import { Lessons } from '../../main/engine/selection/lessons.ts';
import { learnTrait } from '../../main/engine/selection/traits.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { entryOf } from '../rigs/proxy-entries.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

const times = { waitMs: 10, answerMs: 5000 };

test('the best three are asked what they tolerate, each trait by itself, once a connection through them was good; the others never', async () => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  const entries: ProxyEntry[] = [10, 20, 30, 40].map((latencyMs) => ({ ...entryOf(proxy, latencyMs), id: String(latencyMs) }));
  const asked: Record<keyof Traits, string[]> = { pipelines: [], waits: [] };
  const proxies = new ProxyList(() => lessons.look());
  const lessons: Lessons = new Lessons({
    proxies,
    now: Date.now,
    learn(trait, entry, signal) {
      asked[trait].push(entry.id);
      return learnTrait(trait, entry, new URL(origin.url), signal, times);
    },
  });
  proxies.add(entries);
  assert.deepEqual(asked, { pipelines: [], waits: [] });
  for (const [index, entry] of entries.entries()) proxies.succeeded(entry, { connectMs: 10 * (index + 1) });
  await until(() => entries.slice(0, 3).every(({ traits }) => traits.waits !== null && traits.pipelines !== null));
  assert.deepEqual(asked, { pipelines: ['10', '20', '30'], waits: ['10', '20', '30'] });
  lessons.stop();
});

test('what cannot be told now is asked again, but not at once; after stop nothing is', async () => {
  const it = { now: 0, asked: { pipelines: 0, waits: 0 } };
  const proxies = new ProxyList(
    () => {},
    () => it.now,
  );
  const learn = async (trait: keyof Traits) => {
    it.asked[trait]++;
    return trait === 'pipelines' ? true : null;
  };
  const lessons = new Lessons({ proxies, now: () => it.now, learn });
  const entry = entryOf({ host: '127.0.0.1', port: 9 }, 10);
  proxies.add([entry]);
  proxies.succeeded(entry, { connectMs: 10 });
  const lookAfter = async (ms: number) => {
    it.now += ms;
    lessons.look();
    await new Promise(setImmediate);
    return it.asked.waits;
  };
  assert.equal(await lookAfter(0), 1);
  assert.deepEqual(entry.traits, { waits: null, pipelines: true });
  assert.equal(await lookAfter(179_999), 1);
  assert.equal(await lookAfter(1), 2);
  lessons.stop();
  assert.equal(await lookAfter(180_000), 2);
  assert.equal(it.asked.pipelines, 1);
});
