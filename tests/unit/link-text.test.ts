import { test } from 'node:test';
import { importTextOf, isLink } from '../../main/shell/link-text.ts';
import { expect } from '../rigs/expect.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const proxy = 'socks5://user:p%40ss@example.org:1080#name';

test('takes the proxy link out of a link of ours', () => {
  for (const link of [
    `paperplane:${proxy}`,
    `PAPERPLANE:${proxy}`,
    `paperplane://import?${proxy}`,
    `paperplane://import/?${proxy}`,
    `paperplane://import?${encodeURIComponent(proxy)}`,
    `paperplane://import?link=${encodeURIComponent(proxy)}`,
    `paperplane://import?link=${proxy}`,
  ]) {
    expect(importTextOf(link, false), link).toBe(proxy);
  }
  expect(importTextOf(`paperplane://import?text=${encodeURIComponent(`${proxy}\n${proxy}`)}`, false)).toBe(`${proxy}\n${proxy}`);
});

test('takes tg links only where they are claimed', () => {
  const link = 'tg://socks?server=example.org&port=1080';
  expect(importTextOf(link, false)).toBeNull();
  expect(importTextOf(link, true)).toBe(link);
  expect(importTextOf(`paperplane:${link}`, false)).toBe(link);
});

test('takes nothing from links that are empty, too long or not ours', () => {
  for (const link of [
    'paperplane:',
    'paperplane://import?',
    'https://example.org/',
    `paperplane:${'x'.repeat(70_000)}`,
    '--data=/tmp',
    '',
  ]) {
    expect(importTextOf(link, true), link.slice(0, 40)).toBeNull();
  }
});

test('broken encoding is passed on for the report to tell', () => {
  expect(importTextOf('paperplane://import?%zz', false)).toBe('%zz');
});

test('tells a link from an option', () => {
  expect(['paperplane:x', 'TG://socks', '--listen', '/work', 'https://t.me/socks'].map(isLink)).toEqual([true, true, false, false, false]);
});
