import assert from 'node:assert/strict';
import test from 'node:test';
import type { Locator } from 'playwright';
import { expect } from '../rigs/expect.ts';
import { startHome } from '../rigs/home.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { openInterface } from './open-interface.ts';

assertNothingLeftOpen();

/** What a screen reader finds, without what differs from run to run. */
async function outline(place: Locator): Promise<string> {
  const snapshot = await place.ariaSnapshot();
  return snapshot
    .replaceAll(/127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replaceAll(/\d+ ms/g, 'LATENCY')
    .replaceAll(/"\d{4,5}"/g, 'PORT')
    .replaceAll(/⁦\d{4,5}⁩/g, '⁦PORT⁩');
}

test('a screen reader finds landmarks, headings and names', async () => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  await using ui = await openInterface({ args: ['--probe', origin.url, '--import', `socks5://127.0.0.1:${proxy.port}#Vera`] });
  const { page } = ui;
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ready');
  assert.equal(await outline(page.locator('body')), status);
  await page.getByRole('link', { name: 'Proxies', exact: true }).click();
  await expect(page.getByRole('row')).toBeVisible();
  assert.equal(await outline(page.locator('main')), proxies);
  await page.getByRole('link', { name: 'Add proxies' }).click();
  await expect(page.getByRole('textbox')).toBeVisible();
  assert.equal(await outline(page.locator('main')), adding);
});

const status = `- link "Skip to the content":
  - /url: "#/status"
- navigation "Views":
  - paragraph: Paperplane
  - list:
    - listitem:
      - link "Status":
        - /url: "#/status"
    - listitem:
      - link "Proxies":
        - /url: "#/proxies"
    - listitem:
      - link "Add proxies":
        - /url: "#/import"
    - listitem:
      - link "Fix internet":
        - /url: "#/fix"
  - paragraph: Version ⁦0.1.0⁩
- main:
  - status:
    - heading "Ready" [level=1]
    - paragraph: "Apps that use Paperplane get out through this proxy:"
  - paragraph: Vera
  - list:
    - listitem: ADDRESS
    - listitem: SOCKS5
    - listitem: Answers in LATENCY
    - listitem: 1 proxy works
  - paragraph: Chosen because it was the first to answer.
  - button "Your provider can see your sites"
  - region "Use Paperplane for the whole system":
    - switch "Use Paperplane for the whole system" [disabled]
    - text: Use Paperplane for the whole system
    - status:
      - paragraph: This desktop has no proxy setting that Paperplane can change. Set it by hand.
      - paragraph: "Enter this as the HTTP and HTTPS proxy of your system or app: server ⁦127.0.0.1⁩, port ⁦PORT⁩."
  - region "Use it in your apps":
    - heading "Use it in your apps" [level=2]
    - paragraph: "In the proxy settings of a browser or app, choose SOCKS5 or HTTP and enter:"
    - term: Server
    - definition: 127.0.0.1
    - term: Port
    - definition: PORT
    - button "Copy address"
    - status
    - button "For the terminal…"
  - region "Right now":
    - heading "Right now" [level=2]
    - term: Download
    - definition: 0 kB/s
    - term: Upload
    - definition: 0 kB/s
    - img "Download and upload during the last minute. The figures are beside it."
    - term: Open connections
    - definition: "0"
    - term: Since start
    - definition:
      - img "Download"
      - text: 0 kB
      - img "Upload"
      - text: 0 kB
  - heading "Latest switches" [level=2]:
    - button "Latest switches"
  - status`;

const proxies = `- main:
  - heading "Proxies" [level=1]
  - list:
    - listitem: 1 in all
    - listitem: 1 works
  - text: Search name or address
  - searchbox "Search name or address"
  - 'button "How proxies are chosen: Automatic"': Automatic
  - button "Test all"
  - button "Export…"
  - button "Remove failing" [disabled]
  - status
  - grid "Proxies, best first":
    - row "Vera, SOCKS5, Answers in LATENCY":
      - gridcell "Select Vera, SOCKS5, Answers in LATENCY Vera In use ADDRESS SOCKS5 Your provider can see your sites LATENCY Use only this one More":
        - checkbox "Select Vera, SOCKS5, Answers in LATENCY"
        - paragraph: Vera In use ADDRESS
        - text: SOCKS5
        - button "Your provider can see your sites"
        - paragraph: LATENCY
        - status
        - button "Use only this one"
        - button "More"`;

const adding = `- main:
  - heading "Add proxies" [level=1]
  - paragraph: Paste links, a whole message with links in it, or the address of a list. You can also drop text, files or pictures of QR codes here.
  - button "Drop or paste text or files"
  - text: Proxy links
  - textbox "Proxy links":
    - /placeholder: "tg://socks?server=…\\nsocks5://user:password@host:1080\\nhttps://t.me/socks?server=…"
  - button "Paste from clipboard"
  - button "Choose files…"
  - button "Add" [disabled]
  - status`;

test('every control has a name and every picture is named or hidden, in every view', async () => {
  await using home = await startHome({ 'home/.profile': `export http_proxy=127.0.0.1:${await refusingPort()}\n` });
  await using ui = await openInterface({ args: ['--import', 'socks5://127.0.0.1:9#Nobody'], env: { HOME: home.folders.home } });
  const { page } = ui;
  for (const view of ['status', 'proxies', 'import', 'fix']) {
    await page.goto(`${new URL(page.url()).origin}/#/${view}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    if (view === 'fix') await expect(page.getByRole('button', { name: 'Change this' })).toBeVisible();
    if (view === 'proxies') await expect(page.getByRole('row')).toBeVisible();
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
