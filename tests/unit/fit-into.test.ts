import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitInto } from '../../main/shell/fit-into.ts';

const screen = { x: 1920, y: 24, width: 1280, height: 776 };
const size = { width: 700, height: 500 };

test('a window goes back to where it was, if it can be reached there', () => {
  for (const [x, y] of [
    [1920, 24],
    [1320, 300], // its right end shows
    [3100, 770], // its upper left corner shows
  ] as const) {
    assert.deepEqual(fitInto(screen, { x, y, ...size }), { x, y, ...size });
  }
  for (const [x, y] of [
    [1319, 300],
    [3101, 300],
    [2000, 23], // its title bar is above
    [2000, 771],
    [0, 0],
    [-50_000, 300],
    [50_000, 300],
  ] as const) {
    assert.deepEqual(fitInto(screen, { x, y, ...size }), size, `${x}, ${y}`);
  }
});

test('a window from a larger screen becomes as large as this one', () => {
  assert.deepEqual(fitInto(screen, { x: 1920, y: 24, width: 3000, height: 2000 }), { x: 1920, y: 24, width: 1280, height: 776 });
});
