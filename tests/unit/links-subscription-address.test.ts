import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { scanText } from '../../main/engine/links/index.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const found = async (text: string) =>
  (await scanText(text)).subscriptions.map(({ line, address }) => [line, address.url, address.name].join(' '));

const rows: readonly (readonly [text: string, expected: string])[] = [
  ['https://example.com/sub?token=abc#My%20list', '1 https://example.com/sub?token=abc My list'],
  ['ssconf://keys.example.com/u/abc.json#My%20Server&x=1', '1 https://keys.example.com/u/abc.json My Server'],
  ['ssconf://192.0.2.5/x', '1 https://192.0.2.5/x '],
  ['clash://install-config?url=https%3A%2F%2Fexample.com%2Fsub%3Fa%3D1&name=Work', '1 https://example.com/sub?a=1 Work'],
  ['clash://install-config?url=https://example.com/sub?a=1&b=2&name=N', '1 https://example.com/sub?a=1&b=2 N'],
  ['clash-verge://install-config?url=https%253A%252F%252Fexample.com%252Fsub', '1 https://example.com/sub '],
  ['sing-box://import-remote-profile?url=https%3A%2F%2Fexample.com%2Fsb.json#Home', '1 https://example.com/sb.json Home'],
  ['hiddify://import/https://example.com/sub?x=1#Work', '1 https://example.com/sub?x=1 Work'],
  ['hiddify://import/https%3A%2F%2Fexample.com%2Fsub#Work', '1 https://example.com/sub Work'],
  ['sn://subscription?url=https%3A%2F%2Fexample.com%2Fsub&name=Neko', '1 https://example.com/sub Neko'],
  ['v2rayng://install-sub?url=https%3A%2F%2Fexample.com%2Fsub%3Fid%3D1', '1 https://example.com/sub?id=1 '],
  ['sub://aHR0cHM6Ly9leGFtcGxlLmNvbS9zdWI', '1 https://example.com/sub '],
  ['Please add this: clash://install-config?url=https%3A%2F%2Fexample.com%2Fsub', '1 https://example.com/sub '],
];

describe('subscription addresses', () => {
  for (const [text, expected] of rows) test(text, async () => assert.deepEqual(await found(text), [expected]));

  test('lists that a Clash configuration has its proxies from', async () => {
    const text =
      'p: &p {type: http, interval: 3600}\nproxy-providers:\n  one: {<<: *p, url: "https://example.com/a"}\n  two: {type: file, path: ./b}\n';
    assert.deepEqual(await found(text), ['2 https://example.com/a one']);
    assert.deepEqual(await found(`${text}  three: {url: "file:///etc/passwd"}\nproxies: []\n`), ['2 https://example.com/a one']);
  });

  test('a chat about them is read for its links', async () => {
    const { found: links } = await scanText(
      'Put this in:\nproxy-providers:\n  one: {url: "https://example.com/a"}\nor take socks5://192.0.2.1:1080',
    );
    assert.deepEqual(
      links.map(({ definition }) => definition.link),
      ['socks5://192.0.2.1:1080'],
    );
  });

  test('what leads elsewhere than to the web is none', async () => {
    for (const url of ['file:///etc/passwd', 'javascript:alert(1)', 'data:text/plain,x', 'example.com/sub', '', 'https://'])
      assert.deepEqual(await found(`clash://install-config?url=${encodeURIComponent(url)}`), [], url);
  });

  test('nor is a page that is mentioned in a sentence', async () =>
    assert.deepEqual(await found('See https://example.com/news for more.'), []));
});
