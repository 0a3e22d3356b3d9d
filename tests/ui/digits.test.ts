import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { openDatabase } from '../../main/engine/database.ts';
import { platformOn, temporaryDataFolder } from '../rigs/data-folder.ts';
import { expect } from '../rigs/expect.ts';
import { startHome } from '../rigs/home.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { openInterface } from './open-interface.ts';

assertNothingLeftOpen();

test('in Persian every number is written in Persian digits, but for addresses, ports, paths and versions', async (t) => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  await using home = await startHome({ 'home/.profile': `# one\nexport http_proxy=127.0.0.1:${await refusingPort()}\n` });
  await using ui = await openInterface({
    data: folderWithoutKey(t),
    args: ['--probe', origin.url],
    env: { HOME: home.folders.home },
    context: { locale: 'fa-IR', viewport: { width: 900, height: 1600 } },
  });
  const { page, program } = ui;
  const seen: string[] = [];
  const look = async () => {
    const { persian, latin } = await page.evaluate(readNumbers);
    assert.deepEqual(latin, []);
    seen.push(...persian);
  };
  const view = (name: string) => page.goto(`${new URL(page.url()).origin}/#/${name}`);
  await expect(page.getByRole('alert')).toContainText('۱۲');
  await look();
  await view('import');
  const links = [11, 12, 13].map((password) => `socks5://friend:${password}@127.0.0.1:${proxy.port}`);
  await page
    .getByRole('textbox')
    .fill([...links, links[0], 'socks5://127.0.0.1:0', 'unheard://x@127.0.0.1:9', 'hysteria2://x@127.0.0.1:1'].join('\n'));
  await page.getByRole('textbox').press('Control+Enter');
  await expect(page.getByRole('row')).toHaveCount(2);
  await program.state(({ proxies, testing }) => proxies.working === 3 && testing === null);
  await look();
  await view('proxies');
  await expect(page.getByRole('row')).toHaveCount(4);
  await page.getByRole('row').first().press('Space');
  await look();
  await page.getByRole('row').first().getByRole('button').last().click();
  await page.getByRole('menuitem').first().click();
  await program.state(({ pinnedUntil }) => pinnedUntil !== null);
  await expect(page.locator('.badge')).toBeVisible();
  await look();
  await view('fix');
  await expect(page.locator('.finding')).not.toHaveCount(0);
  await look();
  await view('status');
  await expect(page.locator('.traffic')).toBeVisible();
  await look();
  for (const number of ['مجموع: ۴', '۳ سالم', '۱ انتخاب شده', '۲ خط قابل استفاده نبود', 'خط ۵', '۱ مشکل پیدا شد.'])
    assert.ok(seen.includes(number), number);
});

/** Of a program that had twelve links and has lost its key. */
function folderWithoutKey(t: test.TestContext): string {
  const folder = temporaryDataFolder(t);
  const database = openDatabase(platformOn(folder));
  database.addProxies(Array.from({ length: 12 }, (_, index) => `socks5://127.0.0.1:${index + 1}`));
  database.close();
  rmSync(join(folder, 'paperplane.key'));
  return folder;
}

/** Runs in the page: what is said to eyes and to screen readers, without what is isolated as foreign, by the digits in it. */
function readNumbers(): { persian: string[]; latin: string[] } {
  const said: string[] = [];
  for (const element of document.querySelectorAll('*')) {
    if (element.closest('[dir=ltr], bdi, code, textarea, script, style') !== null || !element.checkVisibility()) continue;
    for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) said.push(node.textContent ?? '');
    for (const name of ['aria-label', 'aria-valuetext', 'title']) said.push(element.getAttribute(name) ?? '');
  }
  const address = /[\w[][\w.:[\]]*[.:]\d+/g;
  const plain = said.map((text) => text.replace(/[\u2066\u2068][^\u2069]*\u2069/g, '').replace(address, ''));
  // In a name such as SOCKS5 or HTTP/2 the digit belongs to the name.
  return { persian: plain.filter((text) => /[۰-۹]/.test(text)), latin: plain.filter((text) => /(?<![A-Za-z\d/])\d/.test(text)) };
}
