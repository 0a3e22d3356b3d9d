import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cuts } from '../../main/engine/selection/cuts.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const proxy = { id: 'one' };
const minuteMs = 60_000;

for (const [what, cuts, proofs] of [
  [
    'two sites, some time apart',
    [
      ['a', 0],
      ['b', 5000],
    ],
    [false, true],
  ],
  [
    'one site again and again',
    [
      ['a', 0],
      ['a', minuteMs],
      ['a', 2 * minuteMs],
    ],
    [false, false, false],
  ],
  [
    'all at the same moment',
    [
      ['a', 0],
      ['b', 1],
      ['c', 4999],
    ],
    [false, false, false],
  ],
  [
    'two sites within a day',
    [
      ['a', 0],
      ['b', 11 * minuteMs],
    ],
    [false, false],
  ],
  [
    'a third site needs a fourth',
    [
      ['a', 0],
      ['b', minuteMs],
      ['c', 2 * minuteMs],
      ['d', 3 * minuteMs],
    ],
    [false, true, false, true],
  ],
] as const) {
  test(`cut at ${what}`, () => {
    const seen = new Cuts<typeof proxy>();
    assert.deepEqual(
      cuts.map(([host, at]) => seen.cut(proxy, host, at)),
      proofs,
    );
    assert.equal(seen.cut({ id: 'another' }, 'z', 3 * minuteMs), false);
  });
}
