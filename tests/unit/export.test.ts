/** What is exported in any form is read again as the same proxies: the corpus goes out and comes in. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { exportProxies } from '../../main/engine/export/export.ts';
import { parseLink, scanText } from '../../main/engine/links/index.ts';
import type { ProxyDefinition } from '../../main/engine/outbound.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const folder = new URL('../corpus/', import.meta.url);
const expected = ['share-links.txt', 'links.txt', ...readdirSync(new URL('files/', folder)).map((name) => `files/${name}`)]
  .filter((name) => !name.startsWith('files/') || name.endsWith('.expected'))
  .flatMap((name) => readFileSync(new URL(name, folder), 'utf8').split('\n'))
  .flatMap((line) => /^= \d+ (.*)$/.exec(line)?.[1] ?? []);
const definitions = [...new Set(expected)].map(parseLink);

const linksOf = (all: readonly ProxyDefinition[]) => all.map(({ link }) => link);
const found = async (text: string) => (await scanText(text)).found.map(({ definition }) => definition);

/** The parameters that both programs have a place for, without what says the same as saying nothing. */
function essence({ link }: ProxyDefinition): string {
  const url = new URL(link.replace(/^[a-z\d]+:/, 'x:'));
  const query = new URLSearchParams(url.search.replaceAll('+', '%2B'));
  const [, path, early] = /^(.*)\?ed=(\d+)$/.exec(query.get('path') ?? '') ?? [];
  if (path !== undefined && early !== undefined) for (const [name, value] of Object.entries({ path, ed: early })) query.set(name, value);
  if (query.has('ed')) query.delete('eh', 'Sec-WebSocket-Protocol');
  for (const [name, value] of Object.entries({ encryption: ['none', 'auto'], security: ['none', 'tls'], mode: ['gun'] }))
    for (const usual of value) query.delete(name, usual);
  const said = [
    'encryption',
    'flow',
    'type',
    'security',
    'sni',
    'alpn',
    'fp',
    'allowInsecure',
    'pbk',
    'sid',
    'pcs',
    'host',
    'path',
    'serviceName',
    'ed',
  ];
  const kept = [...said, 'eh', 'mode', 'headerType', 'aid', 'authenticatedLength', 'plugin', 'uot', 'packetEncoding'].map((name) => [
    name,
    query.get(name),
  ]);
  return JSON.stringify([link.split(':')[0], url.username, url.password, url.host, kept.filter(([, value]) => value !== null)]);
}

test('links and base64 give back exactly what came in, also what is not spoken', async () => {
  assert.ok(definitions.length > 150);
  for (const format of ['links', 'base64'] as const) {
    const { text, left } = exportProxies(definitions, format);
    assert.equal(left, 0);
    assert.deepEqual(linksOf(await found(text)), linksOf(definitions), format);
  }
});

for (const format of ['clash', 'sing-box'] as const) {
  test(`${format} gives back what it can hold, and says how many it cannot`, async () => {
    let held = 0;
    for (const definition of definitions) {
      const { text, left } = exportProxies([definition], format);
      const again = await found(text);
      assert.equal(again.length, 1 - left, definition.link);
      if (again[0]) assert.equal(essence(again[0]), essence(definition), text);
      held += again.length;
    }
    assert.ok(held > 100, `${held} held`);
    const { text, left } = exportProxies(definitions, format);
    assert.equal(left, definitions.length - held);
    assert.equal((await found(text)).length, held);
  });
}

test('names are told apart, as other programs want them', async () => {
  const same = ['socks5://192.0.2.1:1080#Same', 'socks5://192.0.2.2:1080#Same', 'socks5://192.0.2.3:1080#Same'].map(parseLink);
  for (const format of ['clash', 'sing-box'] as const) {
    const again = await found(exportProxies(same, format).text);
    assert.deepEqual(
      again.map(({ label }) => label),
      ['Same', 'Same 2', 'Same 3'],
    );
  }
});

test('a Shadowsocks link goes out in base64, but never one of the 2022 edition', () => {
  const text = (link: string) => exportProxies([parseLink(link)], 'links').text;
  assert.equal(text('ss://aes-256-gcm:correct%20horse@192.0.2.5:8388#One'), 'ss://YWVzLTI1Ni1nY206Y29ycmVjdCBob3JzZQ@192.0.2.5:8388#One');
  const edition2022 = 'ss://2022-blake3-aes-128-gcm:EREREREREREREREREREREQ%3D%3D@ss.example.com:443';
  assert.equal(text(edition2022), edition2022);
});

test('mihomo wants truths where links have numbers', () => {
  const optionsOf = (plugin: string) => {
    const { text } = exportProxies([parseLink(`ss://aes-128-gcm:x@192.0.2.5:1?plugin=${encodeURIComponent(plugin)}`)], 'clash');
    return JSON.parse(text.slice(text.indexOf('{')))['plugin-opts'];
  };
  assert.deepEqual(optionsOf('v2ray-plugin;tls;path=/a;mux=0'), { tls: true, path: '/a', mux: false });
  assert.deepEqual(optionsOf('v2ray-plugin;mux=1'), { mux: true });
});

test('hostile names stay names', async () => {
  const name = '"}\n- {name: x, type: socks5, server: 192.0.2.9, port: 1} # \u2028 \\ \' `';
  const definition = parseLink(`socks5://192.0.2.1:1080#${encodeURIComponent(name)}`);
  for (const format of ['clash', 'sing-box'] as const) {
    const again = await found(exportProxies([definition], format).text);
    assert.deepEqual(linksOf(again), [definition.link]);
  }
});
