import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineError } from '../../main/engine/errors.ts';
import { type ProxyEntry, ProxyList } from '../../main/engine/proxy-list.ts';
import { Prober } from '../../main/engine/selection/prober.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { entryOf } from '../rigs/proxy-entries.ts';

assertNothingLeftOpen();

/** Proxies that never answer, and how long each of their openings was waited for, in milliseconds of `clock`. */
function silent(count: number, clock: { readonly ms: number }) {
  const waits: number[][] = Array.from({ length: count }, () => []);
  const entries = waits.map((own, index): ProxyEntry => {
    const open = (signal: AbortSignal) => {
      const startedMs = clock.ms;
      const { promise, reject } = Promise.withResolvers<never>();
      signal.addEventListener('abort', () => {
        own.push(clock.ms - startedMs);
        reject(new EngineError('aborted'));
      });
      return promise;
    };
    return { ...entryOf({ host: '127.0.2.1', port: index + 1 }), client: { open } };
  });
  return { entries, waits };
}

test('while many wait, seven of eight silent ones are put off after a while, and none fails before its full time', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const clock = { ms: 0 };
  const proxies = new ProxyList(() => {});
  const prober = new Prober(proxies, ['http://127.0.0.1:9/'], () => {});
  const { entries, waits } = silent(700, clock);
  proxies.add(entries);
  prober.startSearch();
  prober.search(entries);
  let doneBefore = 0;
  for (; prober.progress() !== null; clock.ms += 10) {
    const { done, total } = prober.progress() ?? { done: 0, total: 0 };
    assert.equal(total, 700);
    assert.ok(done >= doneBefore);
    doneBefore = done;
    t.mock.timers.tick(10);
    await new Promise(setImmediate);
  }
  const isHurried = (ms: number | undefined) => ms !== undefined && ms < 2000;
  const putOff = waits.filter(([first]) => isHurried(first));
  assert.equal(putOff.length, 164); // of the 187 that are met while 512 others wait
  assert.ok(waits.every((own) => own.filter((ms) => !isHurried(ms)).length === 1 && own.length <= 2));
  assert.ok(entries.every(({ record }) => record.reason === 'proxy-timeout' && record.failures === 1));
});
