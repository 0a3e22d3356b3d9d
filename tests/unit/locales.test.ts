import assert from 'node:assert/strict';
import test from 'node:test';
import { en } from '../../renderer/locales/en.ts';
import { rejectionSentence } from '../../renderer/locales/en-codes.ts';
import { fa } from '../../renderer/locales/fa.ts';
import { ru } from '../../renderer/locales/ru.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

/** Every sentence by its path. */
function sentences(tree: object, path = ''): Map<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [[`${path}${key}`, value] as const] : [...sentences(value, `${path}${key}.`)],
    ),
  );
}

const placeholders = (sentence: string) => (sentence.match(/\{\{.*?\}\}/g) ?? []).sort();
const english = sentences(en);

for (const [language, locale] of Object.entries({ en, ru, fa })) {
  const translated = sentences(locale);

  test(`${language}: every counted sentence has all the forms that the language needs`, () => {
    const forms = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const key of english.keys()) {
      if (!key.endsWith('_other')) continue;
      for (const form of forms) assert.ok(translated.has(key.replace('other', form)), `${key.replace('other', form)} is missing`);
    }
  });

  test(`${language}: every sentence says something and has the same gaps as the English one`, () => {
    for (const [key, sentence] of translated) {
      const original = english.get(key) ?? english.get(key.replace(/_(few|many)$/, '_other')) ?? '';
      assert.notEqual(sentence.trim(), '', key);
      assert.deepEqual(placeholders(sentence), placeholders(original), key);
    }
  });
}

test('a rejected line has a sentence without a screen', () => {
  assert.equal(rejectionSentence({ line: 1, code: 'not-spoken', detail: 'VMess' }), 'Paperplane cannot read this form yet (VMess).');
  assert.equal(rejectionSentence({ line: 2, code: 'no-port' }), 'The link has no port number.');
  assert.equal(
    rejectionSentence({ line: 3, code: 'unknown-scheme', detail: '$&' }),
    'Paperplane does not know links that begin with “$&”.',
  );
});

test('fa: every link and address is written from left to right', () => {
  for (const [key, sentence] of sentences(fa)) {
    if (!/\p{Script=Arabic}/u.test(sentence)) continue;
    const plain = sentence.replace(/\u2066.*?\u2069|\{\{.*?\}\}/g, '');
    assert.doesNotMatch(plain, /:\/\/|\[|[\d\]]:\d/, key);
  }
});
