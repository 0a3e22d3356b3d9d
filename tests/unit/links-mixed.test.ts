/** Lists of other programs and links in one text: nothing of either is lost. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { scanText } from '../../main/engine/links/index.ts';
import { findJsonDocuments } from '../../main/engine/links/lists/json-documents.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const before = 'Мой список, обновлён сегодня\nsocks5://192.0.2.201:1080#before\n\n';
const after = '\nа ещё вот эти:\nss://nonsense\ntrojan://pw@after.example.com:443#after\n192.0.2.202:1080\n';
const summary = async (text: string) => {
  const { found, rejected, ignoredLines } = await scanText(text);
  return {
    found: found.map(({ line, definition }) => `${line} ${definition.link}`),
    rejected: rejected.map(({ line, code }) => `${line} ${code}`),
    ignoredLines,
  };
};
const shifted = (lines: readonly string[], by: number) =>
  lines.map((line) => line.replace(/^\d+/, (number) => String(Number(number) + by)));
const byLine = (lines: readonly string[]) => lines.toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));

describe('links and prose before and after a list count as much as the list', () => {
  const folder = new URL('../corpus/files/', import.meta.url);
  const names = readdirSync(folder).filter((name) => /\.(?:ya?ml|json|conf)$/.test(name) && !/error|damaged|telegram|by-hand/.test(name));
  for (const name of names) {
    test(name, async () => {
      const list = readFileSync(new URL(name, folder), 'utf8').trimEnd();
      const alone = await summary(list);
      const end = 3 + list.split('\n').length;
      assert.deepEqual(await summary(before + list + after), {
        found: byLine([
          '2 socks5://192.0.2.201:1080#before',
          ...shifted(alone.found, 3),
          `${end + 3} trojan://pw@after.example.com:443#after`,
          `${end + 4} auto://192.0.2.202:1080`,
        ]),
        rejected: byLine([...shifted(alone.rejected, 3), `${end + 2} bad-encoding`]),
        ignoredLines: alone.ignoredLines + 2,
      });
    });
  }
});

const yaml = (name: string) =>
  `proxies:\n  - {name: ${name}, type: socks5, server: 192.0.2.1, port: 1080}\n  - name: ${name}2\n    type: socks5\n    server: 192.0.2.2\n    port: 1080`;
const json = (tag: string) =>
  `{\n  "outbounds": [\n    {"type": "socks", "tag": "${tag}", "server": "192.0.2.3", "server_port": 1080, "note": "a \\"}] // {"}\n  ]\n}`;
const names = async (text: string) => (await scanText(text)).found.map(({ definition }) => definition.label);

test('several lists of several programs', async () => {
  assert.deepEqual(await names(`${json('A')}\nand\n${yaml('B')}\n${json('C')}\nmore:\n\n${json('D')}`), ['A', 'B', 'B2', 'C', 'D']);
  assert.deepEqual(await names(`${yaml('A').replaceAll('  -', '-').replaceAll('    ', '  ')}\nrules: []\n\n${yaml('B')}`), [
    'A',
    'A2',
    'B',
    'B2',
  ]);
  assert.deepEqual(await names(`\`\`\`json\n${json('A')}\n\`\`\`\nтекст\n\`\`\`\n${yaml('B')}\n\`\`\``), ['A', 'B', 'B2']);
});

test('a link that stands under the last entry as if it were its part', async () => {
  for (const indent of ['', '  ', '    ', '  - '])
    assert.deepEqual(await names(`${yaml('A')}\n${indent}socks5://192.0.2.9:1080#B\n`), ['A', 'A2', 'B'], JSON.stringify(indent));
});

test('what a configuration says beside its proxies is no proxy', async () => {
  const rest = [
    'external-controller: 127.0.0.1:9090',
    'external-ui-url: "https://example.com:443"',
    'dns:',
    '  nameserver:',
    '    - https://192.0.2.53:443',
    '    - tls://192.0.2.53:853',
    '    - 192.0.2.53:53',
    'rules:',
    '- DOMAIN,example.com:443,A',
    '# socks5://192.0.2.8:1080',
  ].join('\n');
  assert.deepEqual(await summary(`${rest}\n${yaml('A')}\n${rest}`), {
    found: ['12 socks5://192.0.2.1:1080#A', '13 socks5://192.0.2.2:1080#A2'],
    rejected: [],
    ignoredLines: 0,
  });
});

test('brackets that nothing closes hide no list for long, and no link at all', async () => {
  assert.deepEqual(await names(`{\n${json('A')}`), ['A']);
  assert.deepEqual(await names(`[12:30] Ivan: {\n[12:31] socks5://192.0.2.9:1080#B\n${json('A')}`), ['B', 'A']);
});

test('50,000 links below a list are still too many', async () => {
  const links = Array.from({ length: 50_000 }, (_, index) => `10.0.${index >> 8}.${index & 255}:1080`).join('\n');
  for (const list of [yaml('A'), json('A')]) {
    const { found, rejected } = await scanText(`${list}\nall my links\n${links}`);
    assert.equal(found.length, 50_000);
    assert.deepEqual(
      rejected.map(({ code }) => code),
      ['too-many-links'],
    );
  }
});

test('nearly JSON, again and again, takes no longer than other text', async () => {
  for (const part of ['{\n', '[{\n', '{"server":\n', '{"server"}\n', '["\n', '{"a":1}\n', '[//\n', '{}\n[\n'])
    await scanText(part.repeat(100_000 / part.length));
});

test('the event loop may turn between two tries', () => {
  assert.equal([...findJsonDocuments('{"server":}\n'.repeat(100))].length, 100);
});
