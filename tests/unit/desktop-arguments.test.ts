import { test } from 'node:test';
import { sortDesktopArguments } from '../../main/cli/desktop-arguments.ts';
import { expect } from '../rigs/expect.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

test('keeps our options and leaves out those of Chromium', () => {
  const { options, others } = sortDesktopArguments([
    '--no-sandbox',
    '.',
    '--ozone-platform=x11',
    '--data',
    '/tmp/a b',
    '--listen=127.0.0.1:0',
    '--json',
  ]);
  expect(options).toEqual(['--data=/tmp/a b', '--listen=127.0.0.1:0', '--json']);
  expect(others).toEqual(['.']);
});

test('what a link says after -- is no option', () => {
  const { options, others } = sortDesktopArguments(['.', '--', 'paperplane:x', '--listen=0.0.0.0:1']);
  expect(options).toEqual([]);
  expect(others).toEqual(['.', 'paperplane:x', '--listen=0.0.0.0:1']);
});

test('an option without its value is left for parseOptions to refuse', () => {
  expect(sortDesktopArguments(['--data']).options).toEqual(['--data']);
});
