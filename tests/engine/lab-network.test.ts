import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startLab } from '../rigs/lab.ts';
import { startLabEngine } from '../rigs/lab-engine.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

test('the computer wakes in a network that works again: who waited is served, and so is who comes now', async () => {
  await using origin = await startHttpOrigin();
  await using lab = await startLab([{}]);
  await using engine = await startLabEngine(lab.proxies);
  await engine.state(({ proxies, testing }) => proxies.working === 1 && testing === null);
  const [proxy] = lab.proxies;
  proxy?.become({ fault: 'blackhole' });
  const waiting: Promise<{ status: number }>[] = [];
  // When the second one is there, what the first one said is lost.
  for (let before = lab.accepted(); waiting.length < 2; before = lab.accepted()) {
    waiting.push(engine.get(origin.url));
    await until(() => lab.accepted() !== before);
  }
  proxy?.become({});
  engine.wake();
  for (const { status } of await Promise.all([...waiting, engine.get(origin.url)])) assert.equal(status, 200);
  await engine.state(({ status }) => status === 'ready');
});
