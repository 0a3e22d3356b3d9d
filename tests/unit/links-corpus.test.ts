import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { scanText } from '../../main/engine/links/index.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const folder = new URL('../corpus/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
const casesIn = (name: string) =>
  read(name)
    .split(/\n\n+/)
    .slice(1)
    .map((text) => text.trimEnd().split('\n'));
const marked = (lines: readonly string[], mark: string) =>
  lines.filter((line) => line.startsWith(`${mark} `) || line === mark).map((line) => line.slice(mark.length + 1));

/** Reads the text and compares with the lines that say what is expected; what was found is found again in the export. */
async function check(text: string, expected: readonly string[]): Promise<void> {
  const { found, rejected, ignoredLines } = await scanText(text);
  assert.deepEqual(
    {
      found: found.map(({ line, definition }) => `${line} ${definition.link}`),
      rejected: rejected.map(({ line, code, detail }) => [line, code, detail].filter((part) => part !== undefined).join(' ')),
      ignoredLines,
    },
    { found: marked(expected, '='), rejected: marked(expected, '!'), ignoredLines: Number(marked(expected, '~')[0] ?? 0) },
  );
  const links = found.map(({ definition }) => definition.link);
  const again = await scanText(links.join('\n'));
  assert.deepEqual(
    again.found.map(({ definition }) => definition.link),
    links,
  );
}

for (const name of ['links.txt', 'share-links.txt']) {
  describe(name, () => {
    for (const [title = '', ...lines] of casesIn(name)) test(title, () => check(marked(lines, '|').join('\n'), lines));
  });
}

const files = readdirSync(new URL('files/', folder)).filter((name) => !name.endsWith('.expected'));

describe('whole files of other programs', () => {
  for (const name of files) test(name, () => check(read(`files/${name}`), read(`files/${name}.expected`).split('\n')));
});

test('the corpus is as large as it should be', () => {
  const links = ['links.txt', 'share-links.txt'].flatMap(casesIn).flatMap((lines) => marked(lines, '|'));
  assert.ok(links.filter((line) => /:\/\/|tg:|t\.me/.test(line)).length >= 200);
  assert.ok(files.length >= 20);
});
