import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { type Title, titles, withSection } from './document.ts';
import { atLeast, atMost, judged } from './verdict.ts';

assertNothingLeftOpen();

const texts = fc.constantFrom('a line', 'two\nlines', '| a | table |\n| --- | ---: |\n| 1 | 2 |\n\nand a note', 'a ## in a line', '$& $1');
const anyOf = fc.uniqueArray(fc.tuple(fc.constantFrom(...titles), texts), { selector: ([title]) => title });

/** A document of these sections, in the order of the titles. */
function documentOf(sections: readonly (readonly [Title, string])[]): string {
  const sorted = sections.toSorted(([a], [b]) => titles.indexOf(a) - titles.indexOf(b));
  return `${['# Benchmarks\n\nWhat this is.', ...sorted.map(([title, text]) => `## ${title}\n\n${text}`)].join('\n\n')}\n`;
}

test('a section takes the place of the old one, or its own place, and all others stay byte for byte', () => {
  fc.assert(
    fc.property(anyOf, fc.constantFrom(...titles), texts, (sections, title, text) => {
      const others = sections.filter(([other]) => other !== title);
      assert.equal(withSection(documentOf(sections), title, text), documentOf([...others, [title, text]]));
    }),
  );
});

test('the same section twice is the same document, however its text ends', () => {
  fc.assert(
    fc.property(anyOf, fc.constantFrom(...titles), texts, fc.constantFrom('', '\n', '\n\n'), (sections, title, text, end) => {
      const once = withSection(documentOf(sections), title, text);
      assert.equal(withSection(once, title, text + end), once);
    }),
  );
});

test('a figure meets its bound or misses it, and one that does not exist misses every bound', () => {
  assert.equal(judged(1.2, atLeast(1.2)), '>= 1.2 | met');
  assert.equal(judged(1.19, atLeast(1.2)), '>= 1.2 | **missed**');
  assert.equal(judged(1, atMost(1)), '<= 1 | met');
  assert.equal(judged(1.01, atMost(1)), '<= 1 | **missed**');
  assert.equal(judged(Number.NaN, atLeast(0)), '>= 0 | **missed**');
  assert.equal(judged(Number.NaN, atMost(0)), '<= 0 | **missed**');
  assert.equal(judged(1, undefined), '|');
});
