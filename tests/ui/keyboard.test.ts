import assert from 'node:assert/strict';
import test from 'node:test';
import type { Page } from 'playwright';
import { expect } from '../rigs/expect.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { openInterface } from './open-interface.ts';

assertNothingLeftOpen();

/** Presses Tab until something with this role and name has the focus; fails after `limit` times. */
async function tabTo(page: Page, role: Parameters<Page['getByRole']>[0], name: string | RegExp, limit = 30) {
  const wanted = page.getByRole(role, { name, exact: true });
  for (let pressed = 0; pressed < limit; pressed++) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluateAll((found) => found.some((element) => element === document.activeElement))) return;
  }
  assert.fail(`Tab does not lead to the ${role} ${name}`);
}

const focusedText = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? '');

test('everything can be done with the keyboard alone', async () => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  await using ui = await openInterface({ args: ['--probe', origin.url], permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = ui;
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  assert.equal(await focusedText(page), 'Let’s find you a way out');

  await tabTo(page, 'textbox', 'Proxy links');
  await page.keyboard.insertText(`socks5://127.0.0.1:${proxy.port}#Vera\nsocks5://127.0.0.1:9#Nobody`);
  await tabTo(page, 'button', 'Add');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ready');
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();

  // The proxies: into the list, over its rows with the arrows, into a row's buttons with Tab.
  await page.reload();
  await tabTo(page, 'link', 'Proxies');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  assert.equal(await focusedText(page), 'Proxies');
  await expect(page.getByRole('row')).toHaveCount(2);
  await tabTo(page, 'row', /^Vera/);
  await page.keyboard.press('ArrowDown');
  assert.match(await focusedText(page), /Nobody/);
  await page.keyboard.press('ArrowUp');
  await tabTo(page, 'button', 'Use only this one');
  await page.keyboard.press('Space');
  await expect(page.getByRole('row', { name: /^Vera/ })).toContainText('Only this one is used');
  await tabTo(page, 'button', 'More');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menuitem', { name: 'Use only this one for an hour' })).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(page.getByRole('menuitem', { name: 'Remove…' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('alertdialog')).toBeHidden();
  assert.match(await focusedText(page), /^Vera/);

  // Adding.
  await page.reload();
  await tabTo(page, 'link', 'Add proxies');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Add proxies');
  await tabTo(page, 'textbox', 'Proxy links');
  await page.keyboard.insertText('socks5://127.0.0.1:0');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('row')).toContainText('Line 1');
  await tabTo(page, 'row', /^Line 1/);
  await tabTo(page, 'button', 'Correct them');
});

test('where what had the focus goes away, the keyboard goes on at the heading', async () => {
  await using ui = await openInterface({ args: ['--import', 'socks5://127.0.0.1:9#Ann\nsocks5://127.0.0.2:9#Ben'] });
  const { page } = ui;
  const view = (name: string) => page.goto(`${new URL(page.url()).origin}/#/${name}`);
  const heading = page.getByRole('heading', { level: 1 });
  await view('import');
  await page.getByRole('textbox').fill('socks5://127.0.0.3:9#Cleo');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('region', { name: 'What was found' })).toBeVisible();
  await view('status');
  await page.getByRole('button', { name: 'Dismiss' }).press('Enter');
  await expect(heading).toBeFocused();

  await view('proxies');
  await page.getByRole('row').first().press('Space');
  await page.getByRole('button', { name: 'Clear the selection' }).press('Enter');
  await expect(heading).toBeFocused();
  await page.getByRole('row').first().press('Space');
  await page.getByRole('button', { name: 'Remove…' }).press('Enter');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).press('Enter');
  await expect(page.getByRole('row')).toHaveCount(2);
  await expect(heading).toBeFocused();

  // What stays has the focus as before, and what was left keeps nothing.
  await page.getByRole('button', { name: 'Export…' }).press('Enter');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Export…' })).toBeFocused();
});

test('where nothing more is to be done, the keyboard goes on at the heading, and from a removed row at the next one', async () => {
  const kept = ['Ann', 'Ben', 'Cleo'].map((name, index) => `hysteria2://x@127.0.2.${index + 1}:443#${name}`);
  await using ui = await openInterface({ args: ['--import', [...kept, `socks5://127.0.0.1:${await refusingPort()}#Dead`].join('\n')] });
  const { page, program } = ui;
  const heading = page.getByRole('heading', { level: 1 });
  await program.state(({ testing, proxies }) => testing === null && proxies.failing === 1);
  await page.getByRole('link', { name: 'Proxies', exact: true }).click();
  await page.getByRole('button', { name: 'Remove failing' }).press('Enter');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).press('Enter');
  await expect(page.getByRole('row')).toHaveCount(3);
  await expect(page.getByRole('button', { name: 'Remove failing' })).toBeDisabled();
  await expect(heading).toBeFocused();

  for (const [name, next] of [
    ['Ann', /^Ben/],
    ['Cleo', /^Ben/],
  ] as const) {
    await page.getByRole('row', { name }).focus();
    await tabTo(page, 'button', 'More');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Remove…' }).press('Enter');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).press('Enter');
    await expect(page.getByRole('row', { name })).toBeHidden();
    await expect(page.getByRole('row', { name: next })).toBeFocused();
  }

  await page.goto(`${new URL(page.url()).origin}/#/import`);
  await page.getByRole('textbox').fill('socks5://127.0.0.3:0');
  await page.getByRole('button', { name: 'Add', exact: true }).press('Enter');
  await expect(page.getByRole('button', { name: 'Add', exact: true })).toBeDisabled();
  await expect(heading).toBeFocused();
  // What can be pressed again before the person has gone on has the focus again.
  await page.getByRole('textbox').evaluate((box: HTMLTextAreaElement) => {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set?.call(box, 'x');
    box.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await expect(page.getByRole('button', { name: 'Add', exact: true })).toBeFocused();
});

test('what has the focus can be seen to have it', async () => {
  await using ui = await openInterface({ args: ['--import', 'socks5://127.0.0.1:9'] });
  const { page } = ui;
  for (const view of ['status', 'proxies', 'import', 'fix']) {
    await page.goto(`${new URL(page.url()).origin}/#/${view}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    for (let pressed = 0; pressed < 14; pressed++) {
      await page.keyboard.press('Tab');
      const look = await page.evaluate(() => {
        const focused = document.activeElement;
        if (focused === null || focused === document.body) return null;
        const { outlineStyle, outlineWidth } = getComputedStyle(focused);
        return { what: focused.outerHTML.slice(0, 100), shown: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1 };
      });
      assert.ok(look === null || look.shown, `no outline in ${view}: ${look?.what}`);
    }
  }
});
