import assert from 'node:assert/strict';
import test from 'node:test';
import { expect } from 'playwright/test';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { openInterface } from './open-interface.ts';

assertNothingLeftOpen();

test('a screen reader finds landmarks, headings and names', async () => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  await using ui = await openInterface({ args: ['--probe', origin.url, '--import', `socks5://127.0.0.1:${proxy.port}#Vera`] });
  const { page } = ui;
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ready');
  await expect(page.locator('body')).toMatchAriaSnapshot(`
    - link "Skip to the content"
    - navigation "Views":
      - paragraph: Paperplane
      - list:
        - listitem:
          - link "Status"
        - listitem:
          - link "Proxies"
        - listitem:
          - link "Add proxies"
      - paragraph: /Version \\d+/
    - main:
      - status:
        - heading "Ready" [level=1]
        - paragraph: /get out through this proxy/
      - paragraph: Vera
      - list
      - button "Your provider can see your sites"
      - region "Use it in your apps":
        - heading "Use it in your apps" [level=2]
        - button "Copy address"
      - region "Right now":
        - heading "Right now" [level=2]
        - img /last minute/
  `);
  await page.getByRole('link', { name: 'Proxies', exact: true }).click();
  await expect(page.locator('main')).toMatchAriaSnapshot(`
    - main:
      - heading "Proxies" [level=1]
      - list:
        - listitem: 1 in all
        - listitem: 1 works
      - searchbox "Search name or address"
      - button "Test all"
      - button "Copy all links"
      - button "Remove failing" [disabled]
      - grid "Proxies, best first":
        - row /Vera/:
          - gridcell:
            - paragraph: /Vera/
            - button "Your provider can see your sites"
            - paragraph: /Works \\d+ ms/
            - button "Use only this one"
            - button "Test"
            - button "Copy link"
            - button "Remove…"
  `);
  await page.getByRole('link', { name: 'Add proxies' }).click();
  await expect(page.locator('main')).toMatchAriaSnapshot(`
    - main:
      - heading "Add proxies" [level=1]
      - textbox "Proxy links"
      - button "Paste from clipboard"
      - button "Choose files…"
      - button "Add" [disabled]
  `);
});

test('every control has a name and every picture is named or hidden, in every view', async () => {
  await using ui = await openInterface({ args: ['--import', 'socks5://127.0.0.1:9#Nobody'] });
  const { page } = ui;
  for (const view of ['status', 'proxies', 'import']) {
    await page.goto(`${new URL(page.url()).origin}/#/${view}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    const snapshot = await page.locator('body').ariaSnapshot();
    const nameless = snapshot
      .split('\n')
      .filter((line) => /^\s*- (button|link|textbox|searchbox|grid|img|region|progressbar)(:| \[|$)/.test(line));
    assert.deepEqual(nameless, [], view);
  }
});

test('changes of the status are announced', async () => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  await using ui = await openInterface({ args: ['--probe', origin.url, '--import', 'socks5://127.0.0.1:9#Nobody'] });
  const { page } = ui;
  const live = page.getByRole('status').filter({ has: page.getByRole('heading', { level: 1 }) });
  await expect(live).toContainText('No proxy works right now');
  // The region stays the same element, or a screen reader says nothing.
  await live.evaluate((element) => element.setAttribute('data-same', ''));
  await page.evaluate(
    (text) =>
      fetch('/api/call/importText', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text }) }),
    `socks5://127.0.0.1:${proxy.port}#Vera`,
  );
  await expect(live).toContainText('Ready');
  await expect(live).toHaveAttribute('data-same', '');
});
