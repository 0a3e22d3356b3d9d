import assert from 'node:assert/strict';
import test from 'node:test';
import { findingSentences } from '../../main/cli/diagnosis-words.ts';
import { formatDuration } from '../../renderer/locales/duration.ts';

test('a length of time is said in its largest unit of which there are at least two', () => {
  const said = (...seconds: number[]) => seconds.map((length) => formatDuration(length, 'en'));
  assert.deepEqual(said(61, 7199, 7200, 172_799, 172_800), ['1 minute', '120 minutes', '2 hours', '48 hours', '2 days']);
  assert.equal(formatDuration(7200, 'ru'), '2 часа');
});

test('a clock that is late is as wrong as one that is early', () => {
  const sentence = (seconds: number) => findingSentences({ id: 'x', code: 'clock-wrong', seconds, change: null }).what;
  assert.equal(sentence(-7200), 'The clock of this computer is wrong by 2 hours.');
  assert.equal(sentence(7200), sentence(-7200));
});
