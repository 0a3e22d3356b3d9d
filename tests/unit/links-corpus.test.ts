import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { scanText } from '../../main/engine/links/index.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const corpus = readFileSync(new URL('../corpus/links.txt', import.meta.url), 'utf8');
const cases = corpus.split(/\n\n+/).slice(1);
const marked = (lines: readonly string[], mark: string) =>
  lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(mark.length + 1));

for (const [title = '', ...lines] of cases.map((text) => text.trimEnd().split('\n'))) {
  test(title, async () => {
    const { found, rejected, ignoredLines } = await scanText(marked(lines, '|').join('\n'));
    assert.deepEqual(
      {
        found: found.map(({ line, definition }) => `${line} ${definition.link}`),
        rejected: rejected.map(({ line, code, detail }) => [line, code, detail].filter((part) => part !== undefined).join(' ')),
        ignoredLines,
      },
      { found: marked(lines, '='), rejected: marked(lines, '!'), ignoredLines: Number(marked(lines, '~')[0] ?? 0) },
    );
  });
}

test('the corpus has its cases', () => assert.ok(cases.length > 10));
