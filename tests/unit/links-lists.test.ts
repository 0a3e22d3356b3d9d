/** Lists of other programs: what is damaged does no harm, and what is long stops nothing. Each format is in the corpus. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseLink, scanText } from '../../main/engine/links/index.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const folder = new URL('../corpus/files/', import.meta.url);
const files = readdirSync(folder)
  .filter((name) => !name.endsWith('.expected'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8'));

/** A real file with some of its characters dropped, doubled or replaced. */
const damaged = fc
  .tuple(
    fc.constantFrom(...files),
    fc.array(fc.tuple(fc.nat(2000), fc.nat(3), fc.constantFrom(...':-{}[],"\'&*<|>%@#! \n\t0a例\u200b')), { minLength: 1, maxLength: 8 }),
  )
  .map(([file, edits]) =>
    edits.reduce((text, [at, kind, sign]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + ['', sign, sign + sign, text.slice(place)][kind] + text.slice(place + 1);
    }, file),
  );

test('a damaged list is read without an error, and what is found is found again', async () => {
  await fc.assert(
    fc.asyncProperty(damaged, async (text) => {
      const { found, rejected } = await scanText(text);
      assert.ok(found.length + rejected.length > 0);
      for (const { definition } of found) assert.equal(parseLink(definition.link).link, definition.link);
    }),
    { numRuns: 400, examples: [['proxies:\n  - {name: a, type: anytls, server: h.example.com, port: 443}']] },
  );
});

const node = (index: number) =>
  index % 2 === 0
    ? `  - {name: "N ${index}", type: socks5, server: 10.0.${index >> 8}.${index & 255}, port: 1080, username: u, password: ${index}}`
    : `  - name: N ${index}\n    type: trojan\n    server: t${index}.example.com\n    port: 443\n    password: pw\n    ws-opts:\n      path: /`;
const clash = (count: number) => `proxies:\n${Array.from({ length: count }, (_, index) => node(index)).join('\n')}\nrules: []\n`;

test('50,000 proxies of a Clash configuration are found, and the event loop turns meanwhile', async () => {
  let turns = 0;
  const turning = setInterval(() => turns++, 1);
  const progress: number[] = [];
  const { found, rejected } = await scanText(clash(50_000), { onProgress: (done, total) => progress.push(done / total) }).finally(() =>
    clearInterval(turning),
  );
  assert.equal(found.length, 50_000);
  assert.deepEqual(rejected, []);
  assert.ok(turns >= 20, `${turns} turns`);
  assert.ok(progress.length >= 20 && progress.every((part, index) => part >= (progress[index - 1] ?? 0)));
});

test('the rest of more than 50,000 is rejected once', async () => {
  const { found, rejected } = await scanText(clash(50_010));
  assert.equal(found.length, 50_000);
  assert.deepEqual(
    rejected.map(({ code }) => code),
    ['too-many-links'],
  );
});

test('an aborted list stops', async () => {
  const stop = new AbortController();
  const scan = scanText(clash(50_000), { signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) });
  await assert.rejects(scan, { message: 'enough' });
});

test('a body may be base64 of base64, wrapped or not, and no deeper', async () => {
  const encode = (text: string) => Buffer.from(text).toString('base64');
  const wrap = (text: string) => text.replace(/.{76}/g, '$&\r\n');
  const links = 'socks5://192.0.2.1:1080#A\nsocks5://192.0.2.2:1080#B\nsocks5://192.0.2.3:1080#C';
  const count = async (text: string) => (await scanText(text)).found.length;
  for (const text of [encode(links), encode(encode(links)), wrap(encode(wrap(encode(links)))), encode(`${encode(clash(3))}\n`)])
    assert.equal(await count(text), 3);
  assert.equal(await count(encode(encode(encode(links)))), 0);
});

test('names of JavaScript itself are no types', async () => {
  for (const word of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf']) {
    const hostile = {
      type: word,
      protocol: word,
      scheme: 'socks5',
      username: 1,
      server: 'h.example.com',
      port: 1,
      server_port: 1,
      settings: {},
    };
    const server = { address: 'h.example.com', port: 1, id: 'x' };
    const texts = [
      `proxies:\n  - {type: ${word}, scheme: socks5, server: h.example.com, port: 1}\n`,
      `proxies:\n  - {type: vmess, server: h.example.com, port: 1, uuid: x, network: ${word}}\n`,
      JSON.stringify({ outbounds: [{ ...hostile, protocol: undefined }] }),
      JSON.stringify({ outbounds: [{ ...hostile, type: undefined }] }),
      JSON.stringify({ proxies: [{ ...hostile, protocol: undefined, server_port: undefined }] }),
      JSON.stringify({ outbounds: [{ protocol: 'vless', settings: server, streamSettings: { network: word } }] }),
    ];
    for (const text of texts) {
      const { found } = await scanText(text);
      for (const { definition } of found) assert.equal(parseLink(definition.link).link, definition.link);
    }
  }
});

test('texts that are nearly lists take no longer than others', async () => {
  const million = 1_000_000;
  const hostile = [
    `${'\n'.repeat(million)}proxies`,
    `proxies:\n${'\n'.repeat(million)}`,
    `proxies:\n${' - '.repeat(million / 4)}`,
    `proxies:\n- ${'{'.repeat(million)}`,
    `[${'['.repeat(million)}`,
    `${' '.repeat(million)}{`,
    `[Interface]\n${'[Peer]\n'.repeat(million / 10)}`,
    `[Interface]\n[Peer]\n${'a='.repeat(million / 4)}`,
    `transport:\n  $type: ${'['.repeat(60_000)}`,
    Buffer.from(`x://${'\n'.repeat(million)}`).toString('base64'),
  ];
  for (const text of hostile) await scanText(text);
});
