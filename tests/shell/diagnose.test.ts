import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { noDesktop, startDesktop } from '../rigs/desktop.ts';
import { expect } from '../rigs/expect.ts';
import { noNetwork, startHome } from '../rigs/home.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

test('the desktop program finds and repairs in its window; --diagnose beside it ends with what it found', {
  skip: noDesktop || noNetwork,
}, async () => {
  const line = `proxy=http://127.0.0.1:${await refusingPort()}\n`;
  await using home = await startHome({ 'home/.npmrc': line });
  await using desktop = await startDesktop({ env: { HOME: home.folders.home } });
  const { page } = desktop;
  assert.equal(await desktop.startAgain('--diagnose'), 3);
  await page.getByRole('link', { name: 'Fix internet' }).click();
  await page.getByRole('button', { name: 'Change this' }).click();
  await expect(page.locator('.view').getByRole('status').first()).toContainText('Changed.');
  assert.equal(await readFile(home.at('home/.npmrc'), 'utf8'), `; ${line}`);
  assert.equal(await desktop.startAgain('--diagnose'), 0);
});
