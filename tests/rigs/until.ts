import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { patienceMs } from './patience.ts';

const longestPauseMs = 20;

/** Waits for what becomes true by itself. It pauses between two looks, for spinning would take a core from the others. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (let pauseMs = 1; !(await condition()); pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    assert.ok(performance.now() < deadline, `it did not come true in time: ${condition}`);
    await sleep(pauseMs);
  }
}
