import type { TestContext } from 'node:test';

/** More at once would look to an engine as if the computer had slept. */
const stepMs = 5000;

/**
 * From now on, `Date` and the intervals of this process stand still until the test lets so many seconds pass, in steps of five. Timeouts and
 * `performance.now()` go on. To be called before the engine and the lab are started: both go by `Date`.
 */
export function driveClock({ mock: { timers } }: TestContext): (seconds: number) => void {
  timers.enable({ apis: ['setInterval', 'Date'], now: Date.now() });
  return (seconds) => {
    for (let passed = 0; passed < seconds; passed += stepMs / 1000) timers.tick(stepMs);
  };
}
