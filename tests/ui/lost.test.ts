import test from 'node:test';
import { expect } from '../rigs/expect.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { openInterface } from './open-interface.ts';

assertNothingLeftOpen();

test('when the program ends, the page says so in every view and does not claim what it cannot know', async () => {
  await using ui = await openInterface({ args: ['--import', 'socks5://127.0.0.1:9#Nobody'], mayLog: /ERR_|Failed to load resource/ });
  const { page, program } = ui;
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('No proxy works right now');
  await program.end('SIGKILL');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Lost contact');
  await expect(page.getByRole('status').filter({ hasText: 'Lost contact' })).toContainText('open the new address');
  await page.getByRole('link', { name: 'Add proxies' }).click();
  await expect(page.getByRole('alert')).toContainText('cannot reach the Paperplane program');
  await page.getByRole('textbox', { name: 'Proxy links' }).fill('socks5://127.0.0.1:8');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('textbox', { name: 'Proxy links' })).toHaveValue('socks5://127.0.0.1:8');
});
