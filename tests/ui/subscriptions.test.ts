import assert from 'node:assert/strict';
import test from 'node:test';
import type { Page } from 'playwright';
import { expect } from '../rigs/expect.ts';
import { startListServer } from '../rigs/list-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { openInterface } from './open-interface.ts';

assertNothingLeftOpen();

const lists = (page: Page) => page.getByRole('region', { name: 'Lists' });
const dialog = (page: Page) => page.getByRole('dialog');

async function paste(page: Page, text: string) {
  await page.getByRole('textbox', { name: 'Proxy links' }).fill(text);
  await page.keyboard.press('Control+Enter');
}

test('a pasted address is asked for, fetched, shown with its quota, fetched again and removed', async () => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  await using server = await startListServer({
    body: 'socks5://127.0.0.1:9#from-the-list',
    headers: {
      'profile-title': 'Volunteers',
      'subscription-userinfo': 'upload=1000000000; download=2000000000; total=10000000000; expire=1893499200',
    },
  });
  await using ui = await openInterface({ args: ['--import', `socks5://127.0.0.1:${proxy.port}#mine`, '--probe', origin.url] });
  const { page, program } = ui;
  await program.state(({ status }) => status === 'ready');
  await page.getByRole('navigation').getByRole('link', { name: 'Add proxies' }).click();
  await expect(lists(page)).toHaveCount(0);

  await paste(page, server.url);
  await expect(dialog(page)).toContainText('Subscribe to this list of proxies?');
  await expect(dialog(page)).toContainText(`127.0.0.1:${server.port}`);
  await expect(dialog(page)).toContainText('anyone on the way can read and change this list');
  await expect(dialog(page)).not.toContainText('c4nary');
  await dialog(page).getByRole('button', { name: 'Do not add' }).click();
  await expect(dialog(page)).toHaveCount(0);
  assert.equal(server.requests.length, 0);
  await expect(page.getByRole('region', { name: 'What was found' })).toHaveCount(0);

  await paste(page, server.url);
  await dialog(page).getByRole('button', { name: 'Subscribe' }).click();
  await expect(lists(page)).toContainText('Volunteers');
  await expect(lists(page)).toContainText('1 proxy · fetched');
  await expect(lists(page)).toContainText('3 GB of 10 GB used · until 1 Jan 2030');
  await expect(lists(page)).not.toContainText('Renew it');
  assert.equal(server.requests.length, 1);

  const fetchAgain = lists(page).getByRole('button', { name: /Fetch .*Volunteers.* now/ });
  const tell = async (quota: string) => {
    server.answer = { ...server.answer, headers: { ...server.answer.headers, 'subscription-userinfo': quota } };
    await fetchAgain.click();
  };
  await tell('upload=0; download=9100000000; total=10000000000');
  await expect(lists(page)).toContainText('Nearly used up. Renew it, or add another list.');
  await tell('upload=0; download=10000000000; total=10000000000');
  await expect(lists(page)).toContainText('Used up or expired. Renew it, or add another list.');
  await tell('expire=1500000000');
  await expect(lists(page)).toContainText('expired on 14 Jul 2017Used up or expired.');

  server.answer = { status: 403 };
  await fetchAgain.click();
  await expect(lists(page)).toContainText('Not fetched: The server did not give the list.');
  await expect(lists(page)).toContainText('1 proxy · fetched');

  await lists(page)
    .getByRole('button', { name: /Remove .*Volunteers/ })
    .click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
  await expect(lists(page)).toHaveCount(0);
  await program.state(({ proxies }) => proxies.total === 1);
});

test('a yes is not taken in the moment in which another question takes the place of one', async () => {
  await using ui = await openInterface();
  const { page } = ui;
  await page.getByRole('navigation').getByRole('link', { name: 'Add proxies' }).click();
  await page.evaluate(() => {
    const first: [string, boolean][] = []; // what was asked, and whether a yes was taken at first
    Object.assign(globalThis, { first });
    new MutationObserver(() => {
      const asked = document.querySelector('[role=dialog] li')?.textContent;
      const yes = document.querySelector<HTMLButtonElement>('[role=dialog] .primary');
      if (asked && yes && first.at(-1)?.[0] !== asked) first.push([asked, !yes.disabled]);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await paste(page, 'https://one.test/sub?token=1');
  await dialog(page).getByRole('button', { name: 'Subscribe' }).click({ trial: true }); // waits until it can be clicked
  await page.evaluate(() => {
    const body = JSON.stringify({ text: 'https://two.test/sub?token=2' });
    return fetch('/api/call/importText', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  });
  await expect(dialog(page)).toContainText('two.test');
  await dialog(page).getByRole('button', { name: 'Subscribe' }).click();
  await expect(lists(page)).toContainText('two.test');
  await expect(lists(page)).not.toContainText('one.test');
  assert.deepEqual(await page.evaluate(() => (globalThis as unknown as { first: unknown }).first), [
    ['one.test', false],
    ['two.test', false],
  ]);
});
