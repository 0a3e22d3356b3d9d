import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { LinkError } from '../../main/engine/errors.ts';
import { parseParts } from '../../main/engine/links/formats.ts';
import { parseLink, scanText } from '../../main/engine/links/index.ts';
import { cutUrl } from '../../main/engine/links/proxy-url.ts';
import { protocols } from '../../main/engine/outbounds/index.ts';
import type { RejectionCode } from '../../preload/contract.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const codes: Record<RejectionCode, true> = {
  'no-link': true,
  'unknown-scheme': true,
  'not-spoken': true,
  'is-subscription': true,
  'no-host': true,
  'bad-host': true,
  'no-port': true,
  'no-secret': true,
  'bad-port': true,
  'ipv6-brackets': true,
  'bad-encoding': true,
  'login-too-long': true,
  'login-not-possible': true,
  'link-too-long': true,
  'too-many-links': true,
};

const host = fc.oneof(
  fc.ipV4().filter((address) => address !== '0.0.0.0'),
  fc
    .ipV6()
    .map((address) => new URL(`http://[${address}]`).hostname.slice(1, -1))
    .filter((address) => address !== '::'),
  fc.domain().map((name) => name.toLowerCase()),
  fc.constantFrom('localhost', 'xn--r8jz45g.example.com', 'a_b.example.com'),
);
const awkward = fc.string({ unit: fc.constantFrom(...'/+=@:%?#&;,|\'"<>()[]{} \\!*~._-aA1é例🔥\u200b\u00a0\ufeff'), maxLength: 40 });
const text = fc.oneof(awkward, fc.string({ unit: 'binary', maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 60 }));
const login = text.filter((value) => Buffer.byteLength(value) <= 255);
const scheme = fc.constantFrom('socks5', 'http', 'https', 'auto', 'socks4', 'socks4a');

const definition = fc
  .record({ scheme, host, port: fc.integer({ min: 1, max: 65535 }), username: login, password: login, name: text })
  .map((parts) => (parts.scheme.startsWith('socks4') ? { ...parts, password: '', username: parts.username.replaceAll('\0', '') } : parts))
  .map((parts) => {
    const protocol = protocols.find(({ schemes }) => schemes.includes(parts.scheme));
    assert.ok(protocol);
    return { parts, definition: protocol.parse({ ...parts, query: new Map() }) };
  });

test('a canonical link gives the same definition again', () => {
  fc.assert(
    fc.property(definition, ({ parts, definition }) => {
      const url = cutUrl(definition.link);
      assert.ok(url);
      const raw = parseParts(url);
      assert.deepEqual(
        { scheme: raw.scheme, host: raw.host, port: raw.port, username: raw.username, password: raw.password },
        { scheme: parts.scheme, host: parts.host, port: parts.port, username: parts.username, password: parts.password },
      );
      const again = parseLink(definition.link);
      assert.equal(parseLink(again.link).link, again.link);
      assert.equal(again.address, definition.address);
      assert.equal(again.link.split('#')[0], definition.link.split('#')[0]);
    }),
    { numRuns: 2000 },
  );
});

test('an exported list is imported whole, whatever its names and passwords', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(definition, { minLength: 1, maxLength: 20 }), async (definitions) => {
      const links = definitions.map(({ definition }) => parseLink(definition.link).link);
      const { found, rejected } = await scanText(links.join('\n'));
      assert.deepEqual(rejected, []);
      assert.deepEqual(
        found.map(({ definition }) => definition.link),
        links,
      );
    }),
    { numRuns: 300 },
  );
});

const corpus = ['links.txt', 'share-links.txt'].flatMap((name) =>
  readFileSync(new URL(`../corpus/${name}`, import.meta.url), 'utf8').split('\n'),
);

/** A real line with some of its characters dropped, doubled or replaced. */
const mutated = fc
  .tuple(
    fc.constantFrom(...corpus),
    fc.array(fc.tuple(fc.nat(200), fc.nat(3), fc.constantFrom(...':/@#?&%[]().,;|\'"<> \n\t0a例\u200b')), { maxLength: 6 }),
  )
  .map(([line, edits]) =>
    edits.reduce((text, [at, kind, sign]) => text.slice(0, at) + ['', sign, sign + sign, text.slice(at)][kind] + text.slice(at + 1), line),
  );

test('any text is read without an error, its rejections are known, and what is found is found again', async () => {
  const anything = fc.oneof(mutated, mutated, fc.string({ unit: 'binary', maxLength: 200 }), awkward);
  await fc.assert(
    fc.asyncProperty(fc.array(anything, { maxLength: 5 }), async (lines) => {
      const { found, rejected } = await scanText(lines.join('\n'));
      assert.ok(found.length + rejected.length > 0 || lines.length > 0);
      for (const { code, line } of rejected) assert.ok(codes[code] && line >= 1, code);
      for (const { definition } of found) assert.equal(parseLink(definition.link).link, definition.link);
      const again = await scanText(found.map(({ definition }) => definition.link).join('\n'));
      assert.equal(again.found.length, found.length);
    }),
    {
      numRuns: 3000,
      examples: [
        [[':: 2', '0.0.0.0 80', '0.0.0.0:80', '[::]:1080', 'socks5://[::]:1080']],
        [['hysteria2://a@h.example.com:443,5000/?x=AA:BB|b@h.example.com:443,c:d@h.example.com:443']],
      ],
    },
  );
});

test('parseLink throws nothing but LinkError', () => {
  fc.assert(
    fc.property(fc.oneof(mutated, awkward, fc.string({ unit: 'binary' })), (text) => {
      try {
        parseLink(text);
      } catch (error) {
        assert.ok(error instanceof LinkError);
        assert.ok(codes[error.code]);
      }
    }),
    { numRuns: 3000 },
  );
});

test('no rejection tells a password or a user name', async () => {
  const secret = 'hunter2';
  const shapes = [
    `socks5://${secret}:${secret}@192.0.2.1:0`,
    `socks5://u:${secret}%ff@192.0.2.1:1080`,
    `socks5://${secret}%ff:p@192.0.2.1:1080`,
    `socks4://u:${secret}@192.0.2.1:1080`,
    `socks5://192.0.2.1:99999:u:${secret}`,
    `192.0.2.1:99999:u:${secret}`,
    `192.0.2.1:99999:u:${secret}://x`,
    `u:${secret}://x@192.0.2.1:99999`,
    `${secret}:${secret}@192.0.2.1:99999`,
    `tg://socks?server=192.0.2.1&port=0&user=${secret}&pass=${secret}`,
    `tg://socks?server=192.0.2.1&port=1&user=${secret}&pass=${secret}%ff`,
    `tg://socks?server=192.0.2.1&port=1&pass=a&${secret}=%ff&user=%ff`,
    `ss://${secret}@192.0.2.1:1`,
    `foo://${secret}@192.0.2.1:1`,
    `tg://proxy?server=h.example.com&port=1&secret=${secret}`,
    `https://u:${secret}@example.com/path`,
    `http://u:${secret}@:1`,
  ];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...shapes), fc.constantFrom('', 'proxy: ', '(', '<b>', '1. '), async (shape, before) => {
      const { rejected } = await scanText(before + shape);
      assert.ok(!JSON.stringify(rejected).includes(secret), JSON.stringify(rejected));
    }),
    { numRuns: 500 },
  );
});
