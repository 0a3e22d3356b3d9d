import assert from 'node:assert/strict';
import { readFile, rename } from 'node:fs/promises';
import test from 'node:test';
import { expect } from '../rigs/expect.ts';
import { noNetwork, startHome } from '../rigs/home.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { noSession, openSession } from '../rigs/private-session.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { openInterface } from './open-interface.ts';

assertNothingLeftOpen();

test('from a status that is not well to what is wrong, and by the keyboard to its repair; one change at a time', {
  skip: noNetwork,
}, async () => {
  const dead = await refusingPort();
  const [profile, npmrc] = [`export http_proxy=http://bob:s3cret@127.0.0.1:${dead}\n`, `proxy=http://127.0.0.1:${dead}\n`];
  await using home = await startHome({ 'home/.profile': profile, 'home/.npmrc': npmrc });
  const args = ['--import', `socks5://127.0.0.1:${await refusingPort()}`];
  await using ui = await openInterface({ args, env: { HOME: home.folders.home } });
  const { page } = ui;
  await page.locator('.hero').getByRole('link', { name: 'Fix my internet' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  const status = page.locator('.view').getByRole('status').first();
  await expect(status).toHaveText('2 problems were found.');
  const findings = page.locator('.finding');
  await expect(findings.first()).toContainText('~/.profile:1');
  await expect(findings.first()).toContainText(`Then# export http_proxy=http://***@127.0.0.1:${dead}`);
  await expect(page.locator('body')).not.toContainText('s3cret');
  assert.equal(await readFile(home.at('home/.profile'), 'utf8'), profile);

  const change = findings.first().getByRole('button', { name: 'Change this' });
  await expect(change).toHaveAccessibleDescription(/~\/\.profile/);
  await change.focus();
  await page.keyboard.press('Enter');
  await expect(status).toHaveText('Changed. 1 problem was found.');
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  assert.equal(await readFile(home.at('home/.profile'), 'utf8'), `# ${profile}`);
  assert.equal(await readFile(home.at('home/.npmrc'), 'utf8'), npmrc);
  await expect(findings).toHaveCount(1);
  await findings.getByRole('button', { name: 'Change this' }).click();
  await expect(status).toHaveText('Changed. Nothing was found that keeps your programs from the internet.');
  await page.getByRole('button', { name: 'Look again' }).click();
  await expect(status).toHaveText('Nothing was found that keeps your programs from the internet.');
});

test('what was shown has changed meanwhile: the old yes changes nothing, and the person is told', async () => {
  await using home = await startHome({ 'home/.profile': `export http_proxy=127.0.0.1:${await refusingPort()}\n` });
  await using ui = await openInterface({ env: { HOME: home.folders.home } });
  const { page } = ui;
  await page.getByRole('link', { name: 'Fix internet' }).click();
  const change = page.getByRole('button', { name: 'Change this' });
  await expect(change).toBeEnabled();
  const text = `export http_proxy=127.0.0.1:${await refusingPort()}\n`;
  await using other = await startHome({ 'home/.profile': text });
  await rename(other.at('home/.profile'), home.at('home/.profile'));
  await change.click();
  await expect(page.getByRole('alert')).toContainText('has changed meanwhile');
  assert.equal(await readFile(home.at('home/.profile'), 'utf8'), text);
});

test('a command is for the person: it can be copied, and says why', async () => {
  await using home = await startHome();
  const env = { HOME: home.folders.home, SHELL: '/bin/sh', all_proxy: `socks5h://127.0.0.1:${await refusingPort()}` };
  await using ui = await openInterface({ env, permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = ui;
  await page.getByRole('link', { name: 'Fix internet' }).click();
  await expect(page.locator('.finding')).toContainText('Only the terminal that Paperplane was started from can change this.');
  await page.getByRole('button', { name: 'Copy the command' }).click();
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'unset all_proxy');
});

test('what was not checked is listed, and checked once direct connections are allowed there', async () => {
  await using home = await startHome();
  await using ui = await openInterface({ env: { HOME: home.folders.home } });
  const { page } = ui;
  await page.getByRole('link', { name: 'Fix internet' }).click();
  const unchecked = page.getByRole('region', { name: 'Not checked' });
  await expect(unchecked).toContainText('whether the network wants a login: it takes a direct connection, which you have not allowed');
  await unchecked.getByText('Check the network with a direct connection').click();
  await expect(unchecked).not.toContainText('which you have not allowed');
});

test('the endpoint for a terminal: copied for the shell that is chosen, with what undoes it', async () => {
  await using ui = await openInterface({
    args: ['--import', 'socks5://127.0.0.1:9'],
    permissions: ['clipboard-read', 'clipboard-write'],
    env: { PAPERPLANE_LOGIN: 'vera:s3cret' },
  });
  const { page, program } = ui;
  const { port } = await program.endpoint();
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await page.getByRole('button', { name: 'For the terminal…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Use it in a terminal' });
  await expect(dialog).toContainText('USER:PASSWORD. This window does not know them.');
  await dialog.getByText('fish', { exact: true }).click();
  await dialog.getByRole('button', { name: 'Copy what turns it on' }).click();
  await expect(dialog.getByRole('button', { name: 'Copied' })).toBeVisible();
  assert.match(await copied(), new RegExp(`^set -gx http_proxy http://USER:PASSWORD@127\\.0\\.0\\.1:${port};`));
  await dialog.getByText('cmd', { exact: true }).click();
  await dialog.getByRole('button', { name: 'Copy what turns it off' }).click();
  await expect.poll(copied).toBe('set "http_proxy=" & set "https_proxy=" & set "all_proxy="');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('button', { name: 'For the terminal…' })).toBeFocused();
  assert.doesNotMatch(JSON.stringify(program.lastState()), /s3cret/);
});

test('while all is well the status does not lead there; once another program has taken the system’s proxy it does', {
  skip: noSession(),
}, async () => {
  await using session = await openSession();
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  const args = ['--probe', origin.url, '--import', `socks5://127.0.0.1:${proxy.port}`];
  await using ui = await openInterface({ args, env: session.env });
  const { page, program } = ui;
  const link = page.locator('.hero').getByRole('link', { name: 'Fix my internet' });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ready');
  const turnOn = () =>
    fetch('/api/call/setSystemProxy', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"on":true}' });
  await page.evaluate(turnOn);
  await program.state(({ systemProxy }) => systemProxy?.status === 'on');
  await expect(link).toHaveCount(0);
  const dead = await refusingPort();
  await session.set({ 'http/port': `${dead}`, 'https/port': `${dead}` });
  await link.click();
  await expect(page.locator('.finding')).toContainText(
    `Programs are sent to a proxy at \u2066127.0.0.1:${dead}\u2069, where nobody listens. It is set in \u2066GNOME\u2069.`,
  );
  await page.getByRole('button', { name: 'Change this' }).click();
  await expect(page.getByRole('status').first()).toContainText('Changed.');
  assert.equal((await session.gsettings('get', 'org.gnome.system.proxy', 'mode')).trim(), "'none'");
});
