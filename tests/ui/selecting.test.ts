import assert from 'node:assert/strict';
import test from 'node:test';
import type { Page } from 'playwright';
import { expect } from '../rigs/expect.ts';
import { startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { openInterface } from './open-interface.ts';

assertNothingLeftOpen();

const linkOf = (index: number) => `socks5://127.0.0.1:${index + 1}#Proxy%20${String(index).padStart(4, '0')}`;
const links = (count: number) => Array.from({ length: count }, (_, index) => linkOf(index));
const list = (page: Page) => page.getByRole('grid', { name: 'Proxies, best first' });
const rowOf = (page: Page, name: string) => list(page).getByRole('row').filter({ hasText: name });
/** On the name: everywhere else there may be a button. */
const click = (page: Page, name: string, modifiers: ('Shift' | 'ControlOrMeta')[] = []) =>
  rowOf(page, name).locator('.proxy-name').click({ modifiers });
const count = (page: Page) => page.locator('.selection-count [role=status]');

async function openProxies(page: Page) {
  await page.getByRole('link', { name: 'Proxies', exact: true }).click();
  await expect(list(page).getByRole('row').first()).toBeVisible();
}

/** What the dialog of an export would copy. */
async function exported(page: Page): Promise<string[]> {
  await page.getByRole('button', { name: 'Export…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export the selected proxies' });
  await dialog.getByRole('button', { name: 'Copy' }).click();
  await expect(dialog.getByRole('button', { name: 'Copied' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(dialog).toBeHidden();
  return (await page.evaluate(() => navigator.clipboard.readText())).split('\n').sort();
}

test('several are selected with the pointer, with Shift and with the keys, and exported', async () => {
  const names = ['Anna', 'Boris', 'Clara', 'Dmitri', 'Elena'];
  const all = names.map((name, index) => `hysteria2://x@127.0.2.${index + 1}:443#${name}`); // which are never tested: the order stays
  await using ui = await openInterface({ args: ['--import', all.join('\n')], permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = ui;
  await openProxies(page);
  const mark = rowOf(page, 'Clara').getByRole('checkbox', { name: 'Select' });
  await page.mouse.move(0, 0);
  await expect(mark).not.toBeChecked();
  await expect(rowOf(page, 'Clara').locator('.check'), 'marks are not seen unasked').toHaveCSS('opacity', '0');
  await rowOf(page, 'Clara').hover();
  await expect(rowOf(page, 'Clara').locator('.check')).toHaveCSS('opacity', '1');

  await click(page, 'Anna');
  await expect(count(page)).toHaveText('1 selected');
  await click(page, 'Clara', ['Shift']);
  await expect(count(page)).toHaveText('3 selected');
  await expect(mark).toBeChecked();
  await click(page, 'Boris', ['ControlOrMeta']);
  await expect(count(page)).toHaveText('2 selected');
  assert.deepEqual(await exported(page), [all[0], all[2]]);

  await rowOf(page, 'Clara').focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(count(page)).toHaveText('4 selected');
  assert.deepEqual(await exported(page), [all[0], all[2], all[3], all[4]]);
  await rowOf(page, 'Clara').focus();
  await page.keyboard.press('Escape');
  await expect(count(page)).toBeHidden();
  await expect(page.getByRole('button', { name: 'Test all' }).or(page.getByRole('button', { name: 'Stop testing' }))).toBeVisible();
});

test('what is selected stays while the list is searched and changes, and is tested and removed alone', async () => {
  await using hangingUp = await startServer((socket) => void socket.destroy());
  const given = links(5).map((link, index) => (index % 2 === 0 ? link : link.replace(`:${index + 1}#`, `:${hangingUp.port}#`)));
  await using ui = await openInterface({ args: ['--import', given.map((link, index) => link.replace('//', `//${index}:x@`)).join('\n')] });
  const { page, program } = ui;
  await program.state(({ proxies, testing }) => proxies.failing === 5 && testing === null);
  await openProxies(page);
  await click(page, 'Proxy 0001');
  await page.getByRole('searchbox').fill('0003');
  await expect(list(page).getByRole('row')).toHaveCount(1);
  await page.getByRole('button', { name: 'Select all found' }).click();
  await expect(count(page)).toHaveText('2 selected');
  await page.getByRole('searchbox').fill('');
  await expect(list(page).getByRole('row')).toHaveCount(5);
  for (const name of ['Proxy 0001', 'Proxy 0003']) await expect(rowOf(page, name)).toHaveAttribute('aria-selected', 'true');

  const before = hangingUp.accepted;
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await expect.poll(() => hangingUp.accepted).toBeGreaterThanOrEqual(before + 2);
  await page.getByRole('button', { name: 'Remove…' }).click();
  await expect(page.getByRole('alertdialog')).toContainText('Remove 2 proxies?');
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await program.state(({ proxies }) => proxies.total === 3);
  await expect(count(page)).toBeHidden();
  await expect(list(page).getByRole('row')).toHaveCount(3);

  // One of two goes by itself.
  await click(page, 'Proxy 0000');
  await click(page, 'Proxy 0002');
  await rowOf(page, 'Proxy 0002').getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Remove…' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(count(page)).toHaveText('1 selected');
});

test('all of a list that is longer than the page are selected, and one less', async () => {
  await using ui = await openInterface({ args: ['--import', links(700).join('\n')], permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = ui;
  await openProxies(page);
  await list(page).getByRole('row').first().focus();
  await page.keyboard.press('Control+a');
  await expect(count(page)).toHaveText('700 selected');
  const first = list(page).getByRole('row').first();
  const left = await first.locator('.proxy-name bdi').first().textContent();
  await first.locator('.proxy-name').click();
  await expect(count(page)).toHaveText('699 selected');
  assert.equal((await exported(page)).length, 699);
  assert.ok(left !== null);
});
