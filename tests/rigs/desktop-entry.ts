import assert from 'node:assert/strict';

const valueEscapes: Readonly<Record<string, string>> = { s: ' ', n: '\n', t: '\t', r: '\r', '\\': '\\' };

/**
 * The words of the Exec key of a desktop entry, as a desktop would start them: first the escapes of any value, then the quotes, then the field
 * codes (Desktop Entry Specification 1.5). Fails where the specification leaves open what is meant.
 */
export function execOf(entry: string): string[] {
  const lines = entry.split('\n').filter((line) => line.startsWith('Exec='));
  assert.equal(lines.length, 1, entry);
  const value = (lines[0] ?? '').slice('Exec='.length).replace(/\\(.?)/g, (_all, char) => valueEscapes[char] ?? assert.fail(`\\${char}`));
  const words = [...value.matchAll(/ *(?:"((?:[^"`$\\]|\\["`$\\])*)"|([^\s"'\\><~|&;$*?#()`]+))(?= |$)/gy)];
  assert.equal(words.map(([all]) => all).join(''), value, 'all of it is words');
  return words.map(([, quoted, plain]) => {
    const word = quoted === undefined ? (plain ?? '') : quoted.replace(/\\(.)/gs, '$1');
    return word.replace(/%(.?)/gs, (_all, code) => (code === '%' ? '%' : assert.fail(`field code %${code}`)));
  });
}
