import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Look, lookAgain } from '../../main/engine/selection/stuck-streams.ts';

const fresh: Look = { bytesRead: 12, bytesWritten: 30, waitingSince: null };

test('a stream waits from the first look that sees something written and nothing come, until a byte comes', () => {
  let look = lookAgain(fresh, { bytesRead: 12, bytesWritten: 30 }, 1000);
  assert.equal(look.waitingSince, null);
  look = lookAgain(look, { bytesRead: 12, bytesWritten: 31 }, 2000);
  assert.equal(look.waitingSince, 2000);
  look = lookAgain(look, { bytesRead: 12, bytesWritten: 500 }, 3000);
  assert.equal(look.waitingSince, 2000, 'saying more does not start anew');
  look = lookAgain(look, { bytesRead: 13, bytesWritten: 500 }, 4000);
  assert.equal(look.waitingSince, null);
  look = lookAgain(look, { bytesRead: 13, bytesWritten: 500 }, 5000);
  assert.equal(look.waitingSince, null);
});

test('a stream on which nothing is written, or on which bytes come at every look, never waits', () => {
  const gap = fc.nat({ max: 100_000 });
  fc.assert(
    fc.property(fc.array(fc.record({ read: fc.nat(5000), written: fc.nat(5000), gap })), fc.boolean(), (steps, comesAlways) => {
      let [look, now]: [Look, number] = [fresh, 0];
      let { bytesRead, bytesWritten }: { bytesRead: number; bytesWritten: number } = fresh;
      for (const { read, written, gap } of steps) {
        now += gap;
        bytesRead += comesAlways ? read + 1 : read;
        bytesWritten += comesAlways ? written : 0;
        look = lookAgain(look, { bytesRead, bytesWritten }, now);
        assert.equal(look.waitingSince, null);
      }
    }),
  );
});
