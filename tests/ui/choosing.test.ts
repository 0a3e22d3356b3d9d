import test from 'node:test';
import type { Page } from 'playwright';
import { expect } from '../rigs/expect.ts';
import { startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { openInterface } from './open-interface.ts';

assertNothingLeftOpen();

const hero = (page: Page) => page.locator('.hero');
const rowOf = (page: Page, name: string) => page.getByRole('row').filter({ hasText: name });

async function go(page: Page, view: 'Status' | 'Proxies' | 'Add proxies') {
  await page.getByRole('navigation').getByRole('link', { name: view, exact: true }).click();
}

/** From a row's menu. */
async function choose(page: Page, row: string, name: string) {
  await rowOf(page, row).getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name, exact: true }).click();
}

/** Adds a file with one link to a proxy on this port. */
async function addFile(page: Page, name: string, port: number, label: string) {
  await go(page, 'Add proxies');
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose files…' }).click();
  const buffer = Buffer.from(`socks5://127.0.0.1:${port}#${label}\n`);
  await (await chooser).setFiles({ name, mimeType: 'text/plain', buffer });
  await expect(page.getByRole('region', { name: 'What was found' })).toContainText('1 proxy added');
}

/** Vera, who works and was given in the arguments, and Ivan, who works too. */
async function startPair() {
  const [origin, vera, ivan] = [await startHttpOrigin(), await startSocks5(), await startSocks5()];
  return {
    vera,
    ivan,
    args: ['--probe', origin.url, '--import', `socks5://127.0.0.1:${vera.port}#Vera`],
    async [Symbol.asyncDispose]() {
      for (const rig of [origin, vera, ivan]) await rig[Symbol.asyncDispose]();
    },
  };
}

test('the status says why this proxy, and the switches are listed with their reasons, newest first', async () => {
  await using pair = await startPair();
  await using ui = await openInterface({ args: pair.args });
  const { page, program } = ui;
  await expect(hero(page)).toContainText('Chosen because it was the first to answer.');
  await addFile(page, 'friends.txt', pair.ivan.port, 'Ivan');
  await program.state(({ proxies }) => proxies.working === 2);
  await go(page, 'Status');
  await page.getByRole('button', { name: 'Latest switches' }).click();
  const switches = page.getByRole('group', { name: 'Latest switches' }).getByRole('listitem');
  await expect(switches).toHaveCount(1);

  await pair.vera[Symbol.asyncDispose]();
  await go(page, 'Proxies');
  await choose(page, 'Vera', 'Test');
  await expect(rowOf(page, 'Ivan')).toContainText('In use');
  await go(page, 'Status');
  await expect(hero(page)).toContainText('The one before failed: The proxy refuses connections.');
  await page.getByRole('button', { name: 'Latest switches' }).click();
  await expect(switches).toHaveText([
    /\d+:\d+:\d+.*Ivan.*The one before failed: The proxy refuses connections\./,
    /\d+:\d+:\d+.*Vera.*Chosen because it was the first to answer\./,
  ]);
  await pair.ivan[Symbol.asyncDispose]();
  await page.evaluate(() =>
    fetch('/api/call/testProxies', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"ids":"all"}' }),
  );
  await expect(switches.first()).toHaveText(/No proxy.*The one before failed/); // it follows while it is open
  await expect(switches).toHaveCount(3);
});

test('a proxy is pinned for an hour, and the page says until when', async () => {
  await using pair = await startPair();
  await using ui = await openInterface({ args: pair.args });
  const { page, program } = ui;
  await go(page, 'Proxies');
  await choose(page, 'Vera', 'Use only this one for an hour');
  const { pinnedUntil } = await program.state((state) => state.pinnedUntil !== null);
  const until = await page.evaluate((at) => new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' }).format(at ?? 0), pinnedUntil);
  await expect(rowOf(page, 'Vera')).toContainText(new RegExp(`Only this one is used until .*${until}`));
  await go(page, 'Status');
  await expect(hero(page)).toContainText(new RegExp(`You chose to use only this one until .*${until}`));
  await page.getByRole('button', { name: 'Use any that works' }).click();
  await expect(hero(page)).not.toContainText('You chose to use only this one');
  await program.state((state) => state.pinnedId === null && state.pinnedUntil === null);
});

test('a proxy is excluded and included again', async () => {
  await using pair = await startPair();
  await using ui = await openInterface({ args: pair.args });
  const { page, program } = ui;
  await program.state(({ status }) => status === 'ready');
  await go(page, 'Proxies');
  await choose(page, 'Vera', 'Never use this one');
  await expect(rowOf(page, 'Vera')).toContainText('Excluded by you');
  await expect(page.getByText('1 excluded')).toBeVisible();
  await program.state(({ active }) => active === null);
  await choose(page, 'Vera', 'Use this one again');
  await expect(rowOf(page, 'Vera')).toContainText('In use');
});

test('the mode is chosen, each with what it means, and where it leaves nothing the page says so and offers the way back', async () => {
  await using pair = await startPair();
  await using ui = await openInterface({ args: pair.args });
  const { page, program } = ui;
  await program.state(({ status }) => status === 'ready');
  await go(page, 'Proxies');
  await page.getByRole('button', { name: 'How proxies are chosen: Automatic' }).click();
  const dialog = page.getByRole('dialog', { name: 'How proxies are chosen' });
  const automatic = dialog.getByRole('radio', { name: 'Automatic', exact: true });
  await expect(automatic).toBeChecked();
  await expect(automatic).toHaveAccessibleDescription(/Recommended\.$/);
  await dialog.getByText('One per site').click();
  await program.state(({ settings }) => settings.mode === 'sticky');
  await dialog.getByText('Only the one I choose').click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('button', { name: 'How proxies are chosen: Only the one I choose' })).toBeFocused();
  await go(page, 'Status');
  await expect(hero(page)).toContainText('Only a proxy that you choose may be used, and you have chosen none.');
  await page.getByRole('button', { name: 'Choose automatically' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ready');
});

test('a file is a group of its name, and only one group may be used', async () => {
  await using pair = await startPair();
  await using ui = await openInterface({ args: pair.args });
  const { page, program } = ui;
  await go(page, 'Proxies');
  await page.getByRole('button', { name: /^How proxies are chosen/ }).click();
  await expect(page.getByRole('radio').first()).toBeVisible();
  await expect(page.getByText('Use proxies from')).toBeHidden(); // there is nothing to choose from
  await page.keyboard.press('Escape');
  await addFile(page, 'friends.txt', pair.ivan.port, 'Ivan');
  await go(page, 'Proxies');
  await expect(rowOf(page, 'Ivan')).toContainText('from \u2068friends.txt\u2069');
  await page.getByRole('button', { name: /^How proxies are chosen/ }).click();
  await page.getByRole('button', { name: /Use proxies from/ }).click();
  await page.getByRole('option', { name: 'friends.txt' }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByText(/only from .*friends\.txt/)).toBeVisible();
  await program.state(({ active, settings }) => active?.label === 'Ivan' && settings.group === 'friends.txt');

  await pair.ivan[Symbol.asyncDispose]();
  await choose(page, 'Ivan', 'Test');
  await go(page, 'Status');
  await expect(hero(page)).toContainText(/None of the proxies from .*friends\.txt.* works/);
  await page.getByRole('button', { name: 'Use all sources' }).click();
  await program.state(({ active }) => active?.label === 'Vera');
});

test('a direct check of the network is made only where the person allows it', async () => {
  await using ui = await openInterface({ args: ['--import', 'socks5://127.0.0.1:9#Nobody'] });
  const { page, program } = ui;
  await go(page, 'Proxies');
  await page.getByRole('button', { name: /^How proxies are chosen/ }).click();
  const allow = page.getByRole('switch', { name: 'Check the network with a direct connection', exact: true });
  await expect(allow).toHaveAccessibleDescription(/^When no proxy works/);
  await expect(allow).not.toBeChecked();
  await page.getByText('It reveals nothing but that this computer is on the network.').click();
  await expect(allow).toBeChecked();
  await program.state(({ settings }) => settings.allowDirectCheck);
});

test('while proxies are tested the status says how far it is, and can stop', async () => {
  await using silent = await startServer(() => {}); // takes the connection and says nothing
  const links = Array.from({ length: 20 }, (_, index) => `socks5://user${index}:x@127.0.0.1:${silent.port}`);
  await using ui = await openInterface({ args: ['--import', links.join('\n')] });
  const { page } = ui;
  const progress = hero(page).getByRole('progressbar', { name: 'Testing proxies' });
  await expect(progress).toHaveAttribute('aria-valuetext', '0 of 20 tested, 0 work');
  await expect(hero(page)).toContainText('0 of 20 tested, 0 work');
  await hero(page).getByRole('button', { name: 'Stop testing' }).click();
  await expect(progress).toBeHidden();
  await expect(hero(page)).toContainText('Search stopped');
  await hero(page).getByRole('button', { name: 'Test again' }).click();
  await expect(progress).toBeVisible();
  await expect(hero(page)).toContainText('Looking for a way out');
});

for (const [status, title, advice] of [
  ['offline', 'Your computer has no network', 'goes on by itself when the network is back'],
  ['captive-portal', 'This network wants you to log in first', 'Open any page in a browser without Paperplane'],
] as const) {
  test(`${status}: the page says what is wrong and what to do`, async () => {
    await using ui = await openInterface({ args: ['--import', 'socks5://127.0.0.1:9#Nobody'] });
    const { page } = ui;
    // No test can cut this computer off: the real states are changed in this one word on their way into the page.
    await page.addInitScript((status) => {
      window.EventSource = class extends EventSource {
        override set onmessage(listener: (event: MessageEvent) => void) {
          super.onmessage = ({ data }) => listener(new MessageEvent('message', { data: JSON.stringify({ ...JSON.parse(data), status }) }));
        }
      };
    }, status);
    await page.reload();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
    await expect(hero(page)).toContainText(advice);
    await expect(hero(page).getByRole('button')).toHaveCount(0);
  });
}
