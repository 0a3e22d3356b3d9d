import assert from 'node:assert/strict';
import test from 'node:test';
import { expect } from '../rigs/expect.ts';
import { startHome } from '../rigs/home.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { openInterface } from './open-interface.ts';

assertNothingLeftOpen();

const links = [
  'socks5://127.0.0.1:9',
  'socks5://[2001:db8:1234::9abc]:65535#%D8%B3%D8%A7%D8%AF%D9%87', // Persian names
  'socks5://[2001:db8::7]:1080',
  'http://proxy.example:8080#%D8%AF%D9%88%D8%B3%D8%AA',
  'vless://b831381d-6324-4d53-ad4f-8cda48b30811@vl.example.com:443?security=reality&pbk=x#Friend',
  'socks5://127.0.0.1:0',
  '2001:db8::8:1080',
  'unheard://x@127.0.0.1:9',
  'https://lists.example/sub?token=x#%D8%AF%D9%88%D8%B3%D8%AA',
].join('\n');

test('in Persian, addresses, links, paths and versions are written from left to right', async () => {
  const dead = `127.0.0.1:${await refusingPort()}`;
  await using home = await startHome({ 'home/.profile': `export http_proxy=${dead}\n` });
  const env = { HOME: home.folders.home, all_proxy: `http://${dead}` };
  await using ui = await openInterface({ context: { locale: 'fa-IR', viewport: { width: 900, height: 1600 } }, env });
  const { page } = ui;
  const laidOut = async (...wanted: readonly string[]) => {
    const { seen, turned } = await page.evaluate(readLines);
    assert.deepEqual(turned, []);
    for (const text of wanted)
      assert.ok(
        seen.some((run) => run.includes(text)),
        `${text} in ${seen.join(' ')}`,
      );
  };
  const view = (name: string) => page.goto(`${new URL(page.url()).origin}/#/${name}`);
  await view('import');
  await page.getByRole('textbox').fill(links);
  await page.getByRole('textbox').press('Control+Enter');
  await expect(page.getByRole('dialog')).toContainText('lists.example');
  await laidOut('lists.example');
  await expect(page.getByRole('dialog').locator('bdi')).toHaveText(['lists.example', 'دوست']); // or what stands between moves behind
  await page.keyboard.press('Escape');
  await expect(page.getByRole('row')).toHaveCount(3);
  await laidOut('[2001:db8::1]:1080');
  await view('proxies');
  await expect(page.getByRole('row')).toHaveCount(5);
  await laidOut('127.0.0.1:9', '[2001:db8:1234::9abc]:65535', 'proxy.example:8080', 'vl.example.com:443', '0.1.0');
  await view('fix');
  await expect(page.locator('.finding')).not.toHaveCount(0);
  await laidOut('/.profile', dead);
  await view('status');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await laidOut('127.0.0.1');
});

/**
 * Runs in the page: the runs of ASCII that look like an address, a link or a path, and those of them of which a letter does not stand right of the
 * one before it where Chromium has laid them out in one line.
 */
function readLines(): { seen: string[]; turned: string[] } {
  const [seen, turned]: [string[], string[]] = [[], []];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node !== null; node = texts.nextNode()) {
    const text = node.textContent ?? '';
    for (const { 0: run, index } of text.matchAll(/[\w[/~.][\x21-\x7e]*(?:[\w\]]|:\/\/)/g)) {
      if (!/\w/.test(run) || !/[:/.[\]@]/.test(run) || node.parentElement?.checkVisibility() !== true) continue;
      seen.push(run);
      const boxes = Array.from(run, (_, at) => {
        const range = new Range();
        range.setStart(node as Node, index + at);
        range.setEnd(node as Node, index + at + 1);
        return range.getBoundingClientRect();
      });
      const isTurned = boxes.some((box, at) => {
        const before = boxes[at - 1];
        return before !== undefined && Math.abs(before.top - box.top) < 2 && box.left < before.left;
      });
      if (isTurned) turned.push(`${run} in: ${text}`);
    }
  }
  return { seen, turned };
}
