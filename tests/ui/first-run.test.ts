import assert from 'node:assert/strict';
import { request } from 'node:http';
import test from 'node:test';
import { expect } from '../rigs/expect.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { openInterface } from './open-interface.ts';

assertNothingLeftOpen();

const chat = (port: number) => `Vera, 10:24: try this one!
tg://socks?server=127.0.0.1&port=${port}&user=vera&pass=s3cr3t
hysteria2://s3cr3t@192.0.2.1:443#Fast
socks4://vera:s3@192.0.2.1:1080
hope it helps`;

test('a first run: paste a message, read the report, be ready', async () => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5({ username: 'vera', password: 's3cr3t' });
  await using ui = await openInterface({ args: ['--probe', origin.url] });
  const { page } = ui;
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Let’s find you a way out');
  await page.getByRole('textbox', { name: 'Proxy links' }).fill(chat(proxy.port));
  await page.getByRole('button', { name: 'Add', exact: true }).click();

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ready');
  await expect(page).toHaveTitle('Ready · Paperplane');
  await expect(page.locator('.hero')).toContainText(`127.0.0.1:${proxy.port}`);
  await expect(page.locator('.hero')).toContainText(/Answers in [\d,]+ ms/);
  const summary = page.getByRole('region', { name: 'What was found' });
  await expect(summary).toContainText('2 proxies added');
  await expect(summary).toContainText('1 of these is kept, but cannot be used yet');
  await expect(summary).toContainText('1 line could not be used');

  await summary.getByRole('link', { name: 'See the report' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Add proxies');
  const line = page.getByRole('row').filter({ hasText: 'Line 4' });
  await expect(line).toContainText(/SOCKS4.* proxies cannot have a password\./);
  await expect(line).toContainText('socks4://vera:s3@192.0.2.1:1080');
  assert.ok(!(await page.content()).includes('s3cr3t'), 'a password stays on the page');
});

test('the endpoint’s address is there to read and to copy, and the figures follow the traffic', async () => {
  await using origin = await startHttpOrigin();
  await using proxy = await startSocks5();
  await using ui = await openInterface({
    args: ['--probe', origin.url, '--import', `socks5://127.0.0.1:${proxy.port}`],
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const { page, program } = ui;
  const endpoint = await program.endpoint();
  const card = page.getByRole('region', { name: 'Use it in your apps' });
  await expect(card).toContainText(`Server127.0.0.1Port${endpoint.port}`);
  await card.getByRole('button', { name: 'Copy address' }).click();
  await expect(card.getByRole('button', { name: 'Copied' })).toBeVisible();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `127.0.0.1:${endpoint.port}`);

  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Ready');
  const traffic = page.getByRole('region', { name: 'Right now' });
  const graph = traffic.getByRole('img', { name: /last minute/ }).locator('canvas');
  const picture = () => graph.evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
  const still = await picture();
  const answer = await fetchThrough(endpoint, `${origin.url}${'x'.repeat(3000)}`);
  assert.match(answer, /hello from the origin/);
  await expect(traffic).toContainText(/Since start3[.\d]* kB/);
  await expect(graph).toBeVisible();
  await expect.poll(picture).not.toBe(still);
});

test('one click pastes from the clipboard where the browser allows it', async () => {
  await using ui = await openInterface({ permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = ui;
  await page.evaluate(() => navigator.clipboard.writeText('socks5://127.0.0.1:9'));
  await page.getByRole('button', { name: 'Paste from clipboard' }).click();
  await expect(page.getByRole('region', { name: 'What was found' })).toContainText('1 proxy added');
});

test('where the browser keeps the clipboard to itself, the box has the focus and the page says what to press', async () => {
  await using ui = await openInterface();
  const { page } = ui;
  await page.getByRole('button', { name: 'Paste from clipboard' }).click();
  await expect(page.getByText(/Press (Ctrl\+V|⌘V) to paste/)).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Proxy links' })).toBeFocused();
});

test('when no proxy works, the page says so and that nothing goes around them', async () => {
  await using ui = await openInterface({ args: ['--import', 'socks5://127.0.0.1:9'] });
  const { page } = ui;
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('No proxy works right now');
  await expect(page.locator('.hero')).toContainText('nothing goes around the proxies');
  await page.getByRole('link', { name: 'Add more links' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Add proxies');
});

/** A page through the endpoint, which is asked as an HTTP proxy. */
async function fetchThrough(endpoint: { host: string; port: number }, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ ...endpoint, path: url, headers: { host: new URL(url).host, connection: 'close' } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
    asked.on('error', reject).end();
  });
}
