import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { HedgeBudget } from '../../main/engine/selection/hedge-budget.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const start = Date.UTC(2026, 0, 1);

/** How many hedges are granted when ever more are asked for. */
function spendAll(budget: HedgeBudget, now: number): number {
  let spent = 0;
  while (budget.spend(now)) spent++;
  return spent;
}

test('none with nineteen connections in a minute, one with twenty', () => {
  const budget = new HedgeBudget();
  for (let i = 0; i < 19; i++) budget.connected(start + i);
  assert.equal(spendAll(budget, start + 1000), 0);
  budget.connected(start + 2000);
  assert.equal(spendAll(budget, start + 3000), 1);
  assert.equal(spendAll(budget, start + 60_000), 0);
});

test('five of a hundred connections, for a minute', () => {
  const budget = new HedgeBudget();
  for (let i = 0; i < 100; i++) budget.connected(start + i * 100);
  assert.equal(spendAll(budget, start + 10_000), 5);
  assert.equal(spendAll(budget, start + 69_000), 0);
  for (let i = 0; i < 20; i++) budget.connected(start + 1_000_000);
  assert.equal(spendAll(budget, start + 1_000_000), 1); // all before is forgotten
});

test('whenever they come: a twentieth of those of the last sixty seconds', () => {
  const step = fc.record({ pauseMs: fc.nat(40_000), connections: fc.nat(200) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const budget = new HedgeBudget();
      const seen: { second: number; connections: number; hedges: number }[] = [];
      let now = start;
      for (const { pauseMs, connections } of steps) {
        now += pauseMs;
        const second = Math.floor(now / 1000);
        const recent = seen.filter((step) => second - step.second < 60);
        const sum = (what: 'connections' | 'hedges') => recent.reduce((total, step) => total + step[what], 0);
        for (let i = 0; i < connections; i++) budget.connected(now);
        const allowed = Math.floor((sum('connections') + connections) / 20) - sum('hedges');
        const hedges = spendAll(budget, now);
        assert.equal(hedges, Math.max(0, allowed));
        seen.push({ second, connections, hedges });
      }
    }),
  );
});
