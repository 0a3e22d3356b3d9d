import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { temporaryDataFolder } from '../rigs/data-folder.ts';
import { expect } from '../rigs/expect.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { openInterface } from './open-interface.ts';

assertNothingLeftOpen();

test('a notice says what happened and where the old file is, until it is dismissed', async (context) => {
  const data = temporaryDataFolder(context);
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(join(data, 'paperplane.db'), 'not a database');
  await using ui = await openInterface({ data });
  const { page } = ui;
  const notice = page.getByRole('alert').filter({ hasText: 'could not be read and was set aside' });
  await expect(notice).toContainText(join(data, 'paperplane'));
  await notice.getByRole('button', { name: 'Dismiss' }).click();
  await expect(notice).toBeHidden();
});

test('a command that fails says why, until it is dismissed', async () => {
  await using ui = await openInterface({ args: ['--import', 'socks5://127.0.0.1:9#Nobody\nsocks5://127.0.0.1:7#Somebody'] });
  const { page } = ui;
  await page.getByRole('link', { name: 'Proxies', exact: true }).click();
  const row = page.getByRole('row').filter({ hasText: 'Nobody' });
  const id = await row.getAttribute('data-key');
  // Another window removes it, and the new list is still on its way.
  await page.route('**/api/call/listProxies', () => {});
  await page.evaluate(
    (body) => fetch('/api/call/removeProxies', { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
    JSON.stringify({ ids: [id] }),
  );
  await row.getByRole('button', { name: 'Use only this one' }).click();
  await expect(page.getByRole('alert')).toContainText('This proxy is no longer in the list.');
  await page.getByRole('alert').getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.getByRole('alert')).toBeHidden();
});
