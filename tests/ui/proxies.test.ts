import assert from 'node:assert/strict';
import test from 'node:test';
import type { Locator, Page } from 'playwright';
import { expect } from '../rigs/expect.ts';
import { refusingPort, startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { openInterface } from './open-interface.ts';

assertNothingLeftOpen();

const list = (page: Page) => page.getByRole('grid', { name: 'Proxies, best first' });
const rowOf = (page: Page, name: string) => list(page).getByRole('row').filter({ hasText: name });

/** From a row's menu. */
async function choose(page: Page, row: Locator, name: string) {
  await row.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name, exact: true }).click();
}

test('a proxy that is not spoken is there, says why it is not used, and can only be copied or removed', async () => {
  const link = 'hysteria2://secret@127.0.2.9:443#Fast';
  await using ui = await openInterface({ args: ['--import', `${link}\nsocks5://127.0.0.1:${await refusingPort()}#Nobody`] });
  const { page } = ui;
  await openProxies(page);
  const row = rowOf(page, 'Fast');
  await expect(row).toContainText('Not usable yet');
  await expect(row).toContainText(/Paperplane cannot use .*Hysteria2.* yet\. The link is kept for later\./);
  await expect(page.getByRole('listitem').filter({ hasText: '1 not usable yet' })).toBeVisible();
  await expect(row.getByRole('button', { name: 'Use only this one' })).toBeHidden();
  await row.getByRole('button', { name: 'More' }).click();
  await expect(page.getByRole('menuitem')).toHaveText(['Copy link', 'Share…', 'Remove…']);
});

test('a proxy whose certificate is not checked warns of it', async () => {
  await using ui = await openInterface({ args: ['--import', `trojan://secret@127.0.0.1:${await refusingPort()}?allowInsecure=1#Loose`] });
  const { page } = ui;
  await openProxies(page);
  await rowOf(page, 'Loose').getByRole('button', { name: 'The certificate is not checked' }).click();
  await expect(page.getByRole('dialog', { name: 'Who can read along' })).toContainText('whoever runs the network can read along');
});

async function openProxies(page: Page) {
  await page.getByRole('link', { name: 'Proxies', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Proxies');
}

/** Two that work and one that refuses, each with a name. */
async function startThree() {
  const origin = await startHttpOrigin();
  const [vera, ivan] = [await startSocks5({ username: 'vera', password: 'p%@ss' }), await startSocks5()];
  const links = [
    `socks5://vera:p%25%40ss@127.0.0.1:${vera.port}#Vera`,
    `socks5://127.0.0.1:${ivan.port}#Ivan`,
    `socks5://127.0.0.1:${await refusingPort()}#Nobody`,
  ];
  return {
    vera,
    links,
    args: ['--probe', origin.url, '--import', links.join('\n')],
    async [Symbol.asyncDispose]() {
      for (const rig of [origin, vera, ivan]) await rig[Symbol.asyncDispose]();
    },
  };
}

test('each row tells name, address, protocol, latency or why not, and who can read along', async () => {
  await using three = await startThree();
  await using ui = await openInterface({ args: three.args });
  const { page } = ui;
  await openProxies(page);
  await expect(rowOf(page, 'Vera')).toContainText(`127.0.0.1:${three.vera.port}`);
  await expect(rowOf(page, 'Vera')).toContainText('SOCKS5');
  await expect(rowOf(page, 'Vera')).toContainText(/\d+ ms/);
  await expect(rowOf(page, 'Nobody')).toContainText('Fails');
  await expect(rowOf(page, 'Nobody')).toContainText('The proxy refuses connections.');
  await expect(page.getByText('2 work')).toBeVisible();
  await rowOf(page, 'Vera').getByRole('button', { name: 'Your provider can see your sites' }).click();
  await expect(page.getByRole('dialog', { name: 'Who can see what' })).toContainText('The way to this proxy is not encrypted.');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect.poll(() => rowOf(page, 'Vera').evaluate((row) => row.contains(document.activeElement)), 'the focus comes back').toBe(true);
});

test('pin, unpin and test', async () => {
  await using three = await startThree();
  await using ui = await openInterface({ args: three.args });
  const { page, program } = ui;
  await openProxies(page);
  const pin = rowOf(page, 'Nobody').getByRole('button', { name: 'Use only this one' });
  await pin.click();
  await expect(pin).toHaveAttribute('aria-pressed', 'true');
  await expect(rowOf(page, 'Nobody')).toContainText('Only this one is used');
  await expect(list(page).getByRole('row').first()).toContainText('Nobody');
  await program.state((state) => state.pinnedId !== null);

  await page.getByRole('link', { name: 'Status', exact: true }).click();
  await expect(page.getByText('The only proxy you allowed does not work.')).toBeVisible();
  await page.getByRole('button', { name: 'Use any that works' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ready');

  await openProxies(page);
  const before = three.vera.accepted;
  await choose(page, rowOf(page, 'Vera'), 'Test');
  await expect.poll(() => three.vera.accepted).toBeGreaterThan(before);
});

test('all are tested at once, with progress, until told to stop', async () => {
  // They take the connection and say nothing: a test lasts until its deadline.
  await using silent = await startServer(() => {});
  const links = Array.from({ length: 200 }, (_, index) => `socks5://user${index}:x@127.0.0.1:${silent.port}`);
  await using ui = await openInterface({ args: ['--import', links.join('\n')] });
  const { page, program } = ui;
  await openProxies(page);
  await expect(page.getByRole('progressbar', { name: 'Testing proxies' })).toHaveAttribute('aria-valuemax', '200');
  await page.getByRole('button', { name: 'Stop testing' }).click();
  await expect(page.getByRole('progressbar')).toBeHidden();
  await page.getByRole('button', { name: 'Test all' }).click();
  await expect(page.getByRole('progressbar', { name: 'Testing proxies' })).toBeVisible();
  await program.state(({ testing }) => testing !== null);
});

test('a test of all goes through all, however many are good', async () => {
  await using origin = await startHttpOrigin();
  await using alive = await startSocks5();
  const links = Array.from({ length: 300 }, (_, index) => `socks5://user${index}:x@127.0.0.1:${alive.port}`);
  await using ui = await openInterface({ args: ['--probe', origin.url, '--import', links.join('\n')] });
  const { page, program } = ui;
  const { proxies } = await program.state(({ testing, proxies }) => testing === null && proxies.working >= 10);
  assert.ok(proxies.untested > 0);
  await openProxies(page);
  await page.getByRole('button', { name: 'Test all' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: '300 work' })).toBeVisible();
});

test('a test of those selected has progress and can be stopped where it was started', async () => {
  await using silent = await startServer(() => {});
  const links = Array.from({ length: 200 }, (_, index) => `socks5://user${index}:x@127.0.0.1:${silent.port}`);
  await using ui = await openInterface({ args: ['--import', links.join('\n')] });
  const { page } = ui;
  await openProxies(page);
  await page.getByRole('button', { name: 'Stop testing' }).click();
  await list(page).getByRole('row').first().focus();
  await page.keyboard.press('Control+a');
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(page.getByRole('progressbar', { name: 'Testing proxies' })).toHaveAttribute('aria-valuemax', '200');
  await page.getByRole('button', { name: 'Stop testing' }).click();
  await expect(page.getByRole('progressbar')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Test', exact: true })).toBeVisible();
});

test('links are copied with their secrets, one or all, and only then', async () => {
  await using three = await startThree();
  await using ui = await openInterface({ args: three.args, permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = ui;
  await openProxies(page);
  await choose(page, rowOf(page, 'Vera'), 'Copy link');
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(clipboard).toContain(`@127.0.0.1:${three.vera.port}`);
  assert.equal((await clipboard()).trim().split('\n').length, 1);
  await page.getByRole('button', { name: 'Export…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Copy' }).click();
  await expect.poll(async () => (await clipboard()).trim().split('\n').length).toBe(3);
  assert.ok(!(await page.content()).includes('p%25%40ss'));
});

test('removing asks first: one, and all that fail', async () => {
  await using three = await startThree();
  await using ui = await openInterface({ args: three.args });
  const { page } = ui;
  await openProxies(page);
  await choose(page, rowOf(page, 'Ivan'), 'Remove…');
  const one = page.getByRole('alertdialog', { name: 'Remove this proxy?' });
  await expect(one).toContainText('Ivan');
  await expect(one.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(one).toBeHidden();
  await expect(rowOf(page, 'Ivan')).toBeVisible();
  await choose(page, rowOf(page, 'Ivan'), 'Remove…');
  await one.getByRole('button', { name: 'Remove' }).click();
  await expect(rowOf(page, 'Ivan')).toBeHidden();

  await expect(rowOf(page, 'Nobody')).toContainText('Fails');
  await page.getByRole('button', { name: 'Remove failing' }).click();
  await page.getByRole('alertdialog', { name: 'Remove 1 failing proxy?' }).getByRole('button', { name: 'Remove' }).click();
  await expect(list(page).getByRole('row')).toHaveCount(1);
  await expect(list(page)).toContainText('Vera');
});

test('search by name and address', async () => {
  await using three = await startThree();
  await using ui = await openInterface({ args: three.args });
  const { page } = ui;
  await openProxies(page);
  const search = page.getByRole('searchbox', { name: 'Search name or address' });
  await search.fill('vEr');
  await expect(list(page).getByRole('row')).toHaveCount(1);
  await search.fill(`${three.vera.port}`);
  await expect(rowOf(page, 'Vera')).toBeVisible();
  await search.fill('no such thing');
  await expect(page.getByText('No proxy has that in its name or address.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await expect(list(page).getByRole('row')).toHaveCount(3);
});

test('a list of 700 comes page by page, and only the rows in sight are in the page', async () => {
  const links = Array.from({ length: 700 }, (_, index) => `socks5://127.0.0.1:${index + 1}#Proxy ${index + 1}`);
  await using ui = await openInterface({ args: ['--import', links.join('\n')] });
  const { page } = ui;
  await openProxies(page);
  await expect(page.getByText('700 in all')).toBeVisible();
  assert.ok((await list(page).getByRole('row').count()) < 40);
  const seen = () => list(page).getByRole('row').last().getAttribute('aria-rowindex');
  await expect
    .poll(async () => {
      await list(page).evaluate((element) => element.scrollTo(0, element.scrollHeight));
      return Number(await seen());
    })
    .toBeGreaterThanOrEqual(700);
  await expect(list(page).getByRole('row').last()).toContainText('Proxy ');
});

test('names are text, whatever they hold', async () => {
  const hostile = ['<img src=x onerror=alert(1)><b>bold</b>', '\u202Egnp.txt $t(nav.status) {{count}}', `long ${'x'.repeat(10_000)}`];
  const links = hostile.map((name, index) => `socks5://127.0.0.1:${index + 1}#${encodeURIComponent(name)}`);
  await using ui = await openInterface({ args: ['--import', links.join('\n')] });
  const { page } = ui;
  let asked = 0;
  page.on('dialog', (dialog) => {
    asked += 1;
    void dialog.dismiss();
  });
  await openProxies(page);
  await expect(list(page).getByRole('row')).toHaveCount(3);
  await expect(rowOf(page, '<img src=x onerror=alert(1)><b>bold</b>')).toBeVisible();
  await expect(list(page).locator('img, b')).toHaveCount(0);
  const long = await rowOf(page, 'xxxx').boundingBox();
  assert.ok((long?.height ?? Infinity) < 200, 'a long name takes the whole list');
  // The name is turned around, what stands after it is not.
  const turned = rowOf(page, 'gnp.txt');
  await expect(turned.locator('.proxy-name bdi').first()).toHaveCSS('unicode-bidi', 'isolate');
  await choose(page, turned, 'Remove…');
  await expect(page.getByRole('alertdialog').locator('bdi')).toContainText('gnp.txt');
  assert.equal(asked, 0);
});
