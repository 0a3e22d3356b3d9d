import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { scanText } from '../../main/engine/links/index.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { patienceMs } from '../rigs/patience.ts';

assertNothingLeftOpen();

const lines = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, index) => line(index)).join('\n');
const address = (index: number) => `10.0.${index >> 8}.${index & 255}:1080`;

test('50,000 links are found, and the event loop turns meanwhile', async () => {
  let turns = 0;
  const turning = setInterval(() => turns++, 1);
  const progress: number[] = [];
  const { found, rejected } = await scanText(
    lines(50_000, (index) => `socks5://user${index}:p%40ss@${address(index)}#Name%20${index}`),
    { onProgress: (done, total) => progress.push(done / total) },
  ).finally(() => clearInterval(turning));
  assert.equal(found.length, 50_000);
  assert.equal(found.at(-1)?.line, 50_000);
  assert.deepEqual(rejected, []);
  assert.ok(turns >= 5, `${turns} turns`);
  assert.ok(progress.length >= 5 && progress.every((part, index) => part >= (progress[index - 1] ?? 0)));
  assert.equal(progress.at(-1), 1);
});

test('the rest of more than 50,000 links is rejected once', async () => {
  const { found, rejected } = await scanText(lines(50_010, address));
  assert.equal(found.length, 50_000);
  assert.deepEqual(rejected, [{ line: 50_001, code: 'too-many-links' }]);
});

test('so is the rest of more than 50,000 rejections', async () => {
  const { rejected } = await scanText('x\n'.repeat(50_010));
  assert.equal(rejected.length, 50_001);
  assert.deepEqual(rejected.at(-1), { line: 50_001, code: 'too-many-links' });
});

test('a link over 16 KiB is rejected wherever it stands', async () => {
  const long = (bytes: number) => `socks5://192.0.2.1:1080#${'é'.repeat(bytes / 2)}`;
  const { found, rejected } = await scanText([long(16_000), long(16_400), `see ${long(200_000)} ${address(0)}`, long(16_000)].join('\n'));
  assert.deepEqual(
    found.map(({ line }) => line),
    [1, 3, 4],
  );
  assert.deepEqual(rejected, [
    { line: 2, code: 'link-too-long' },
    { line: 3, code: 'link-too-long' },
  ]);
});

test('so is one that only its stored form makes so long: it could not be read again', async () => {
  const secret = 'é'.repeat(4000);
  const sharing = `x: &secret "${secret}"\nproxies:\n  - {name: a, type: trojan, server: a.example.com, port: 443, password: *secret}`;
  for (const text of [`trojan://${secret}@a.example.com:443`, sharing]) {
    const { found, rejected } = await scanText(text);
    assert.deepEqual(found, []);
    assert.equal(rejected[0]?.code, 'link-too-long');
  }
});

test('what entries share cannot fill the memory', async () => {
  const entries = '- {type: trojan, server: a.example.com, port: 443, password: *p}\n'.repeat(6000);
  const { found, rejected } = await scanText(`x: &p ${'p'.repeat(15_000)}\nproxies:\n${entries}`);
  assert.ok(found.length > 4000 && found.length < 5000, String(found.length));
  assert.deepEqual(rejected, [{ line: found.length + 2, code: 'too-many-links' }]);
});

test('a reason says nothing that a terminal would obey', async () => {
  const { rejected } = await scanText('{"outbounds": [{"protocol": "\\u001b[2J\\u009bevil", "settings": {}}]}');
  assert.deepEqual(rejected, [{ line: 1, code: 'unknown-scheme', detail: '[2j evil' }]);
});

test('every link of a line of any length is found', async () => {
  for (const separator of [',', ' ', '|', '"']) {
    const text = lines(20_000, address).replaceAll('\n', separator);
    const { found, rejected } = await scanText(text);
    assert.equal(found.length, 20_000, separator);
    assert.deepEqual(rejected, []);
  }
});

test('lines may end in any way', async () => {
  const { found } = await scanText('192.0.2.1:1080\r\n192.0.2.2:1080\r192.0.2.3:1080\n\n192.0.2.4:1080');
  assert.deepEqual(
    found.map(({ line }) => line),
    [1, 2, 3, 5],
  );
});

test('an empty text has no link', async () => {
  assert.deepEqual(await scanText(''), { found: [], rejected: [{ line: 1, code: 'no-link' }], subscriptions: [], ignoredLines: 0 });
});

test('an aborted scan stops', async () => {
  const stop = new AbortController();
  const scan = scanText(lines(50_000, address), { signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) });
  await assert.rejects(scan, /enough/);
  await assert.rejects(scanText('', { signal: stop.signal }), /enough/);
});

describe('a hostile text is read in time', () => {
  const inTime = { timeout: patienceMs }; // a quadratic step would take minutes on any of these
  const bytes = 512 * 1024;
  const fill = (part: string) => part.repeat(bytes / part.length);
  for (const sign of ['x', '.', '@', ':', ' ', '<', '&', '[', ')', ',', '\u200b', '1', '#', '](', '- ', '%', '//', '\u2028', '&#65;']) {
    test(`one line of ${JSON.stringify(sign)}`, inTime, async () => {
      await scanText(fill(sign));
      await scanText(`socks5://${fill(sign)}`);
    });
  }
  test('a damaged YAML of which every entry needs the whole', inTime, async () => {
    const entries = lines(5000, (index) => `- {name: n${index}, type: trojan, server: a.example.com, port: 443, password: *a}`);
    const { rejected } = await scanText(`x: &a p\nproxies:\n${entries}\ny: [${'b, '.repeat(200_000)}\n  : }`);
    assert.equal(rejected.length, 5000);
  });
  test('a dash and endless blanks beside a list', inTime, async () => {
    const { found } = await scanText(`- {name: a, type: socks5, server: 192.0.2.1, port: 1080}\nand\n-${fill(' ')}x`);
    assert.equal(found.length, 1);
  });
  test('peers of WireGuard beside endless keys', inTime, async () => {
    const keys = lines(20_000, (index) => `k${index} = v`);
    const { rejected } = await scanText(`[Interface]\nPrivateKey = x\n${keys}\n${'[Peer]\nEndpoint = 192.0.2.1:1\n'.repeat(40_000)}`);
    assert.equal(rejected.length, 40_000);
    assert.equal(rejected[0]?.code, 'link-too-long');
  });
  test('quotes in a JSON that nothing closes', inTime, async () => {
    await scanText(`["${'\\"'.repeat(500_000)}`);
  });
  test('options of Outline that hold one another', inTime, async () => {
    const levels = Array.from({ length: 7 }, (_, i) => `    - &a${i + 1} {$type: first-supported, options: [${`*a${i}, `.repeat(20)}]}`);
    const { rejected } = await scanText(['$type: first-supported', 'options:', '    - &a0 {$type: none}', ...levels].join('\n'));
    assert.deepEqual(rejected, [{ line: 1, code: 'not-spoken', detail: 'Outline' }]);
  });
  const link = 16_000;
  const words = ['a:', '@', '@a:', '1:', '.a', '%41', '://', 'a,', '=', '例', ')', '0.', '[:', '&a='].map((part) =>
    part.repeat(link / part.length),
  );
  for (const word of words) {
    for (const [before, after] of [
      ['', ''],
      ['', ':1'],
      ['socks5://', ''],
      ['socks://', ':1'],
      ['http://', '/'],
      ['tg:socks?', ''],
      ['u:p@', ':1'],
      ['socks5://h:1#', ''],
    ]) {
      test(`a hundred times ${before}${word.slice(0, 6)}...${after}`, inTime, async () => {
        await scanText(`${before}${word.slice(0, link)}${after} `.repeat(100));
      });
    }
  }
});
