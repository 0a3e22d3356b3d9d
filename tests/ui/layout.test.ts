import assert from 'node:assert/strict';
import test from 'node:test';
import { expect } from '../rigs/expect.ts';
import { startHome } from '../rigs/home.ts';
import { refusingPort, startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { openInterface } from './open-interface.ts';

assertNothingLeftOpen();

const links = [
  'socks5://127.0.0.1:9#Short',
  `http://127.0.0.1:8#${'Long'.repeat(500)}`,
  `socks5://${'very-long-name.'.repeat(12)}example:1080`,
  'socks5://[2001:db8:1234:5678:9abc:def0:1234:5678]:65535#A name with several words in it, more than fit',
];

for (const [locale, direction] of [
  ['en-GB', 'ltr'],
  ['ru-RU', 'ltr'],
  ['fa-IR', 'rtl'],
] as const) {
  test(`nothing sticks out sideways from 400 to 1,600 px, light and dark (${locale})`, async () => {
    const dead = `127.0.0.1:${await refusingPort()}`;
    await using home = await startHome({ [`home/.config/fish/conf.d/${'long'.repeat(40)}.fish`]: `set -gx http_proxy ${dead}\n` });
    const env = { HOME: home.folders.home, all_proxy: `http://${dead}` };
    await using ui = await openInterface({ args: ['--import', `${links.join('\n')}\nsocks5://127.0.0.1:0`], context: { locale }, env });
    const { page } = ui;
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.documentElement.dir]), [
      locale.slice(0, 2),
      direction,
    ]);
    for (const view of ['status', 'proxies', 'import', 'fix']) {
      await page.goto(`${new URL(page.url()).origin}/#/${view}`);
      if (view === 'fix') await expect(page.locator('.finding')).not.toHaveCount(0);
      for (const width of [400, 560, 720, 900, 1600]) {
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 640 });
          await expect(page.getByRole('heading', { level: 1 })).toBeInViewport();
          const wide = await page.evaluate(stickingOut);
          assert.deepEqual(wide, [], `${view} at ${width} px, ${colorScheme}`);
        }
      }
    }
  });
}

/** Runs in the page: what can be scrolled sideways, or is cut off sideways without being told to be. */
function stickingOut(): string[] {
  const bad: string[] = [];
  for (const element of document.querySelectorAll<HTMLElement>('html, body, #root *')) {
    const { overflowX, display } = getComputedStyle(element);
    const clipped =
      ['hidden', 'clip'].includes(overflowX) || display.startsWith('inline') || element.closest('.hidden-visually, svg, .graph');
    if (!clipped && element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1) bad.push(element.outerHTML.slice(0, 120));
  }
  return bad;
}

test('the buttons of a dialog that is longer than the window stay in sight', async () => {
  await using ui = await openInterface({
    args: ['--import', 'socks5://127.0.0.1:9#Vera'],
    context: { viewport: { width: 800, height: 500 } },
  });
  const { page } = ui;
  await page.getByRole('link', { name: 'Proxies', exact: true }).click();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Share…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('img', { name: 'QR code of the link' })).toBeVisible();
  assert.ok(await page.locator('.dialog-modal').evaluate((modal) => modal.scrollHeight > modal.clientHeight), 'the dialog is not long');
  for (const name of ['Copy', 'Save…', 'Close'])
    await expect(dialog.getByRole('button', { name, exact: true })).toBeInViewport({ ratio: 1 });
});

test('nothing moves for people who asked for less motion', async () => {
  // A proxy that takes the connection and says nothing: the status keeps looking for a way out.
  await using silent = await startServer(() => {});
  await using ui = await openInterface({ args: ['--import', `socks5://127.0.0.1:${silent.port}`] });
  const { page } = ui;
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Looking for a way out');
  const moving = () => page.evaluate(() => document.getAnimations().length);
  assert.ok((await moving()) > 0, 'nothing moves at all, so the test shows nothing');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await expect.poll(moving).toBe(0);
  await page.emulateMedia({ reducedMotion: 'reduce', colorScheme: 'dark' });
  assert.equal(await moving(), 0);
});

test('where the system forces its colours, what is on and what is off still differ', async () => {
  await using ui = await openInterface({ args: ['--import', 'socks5://127.0.0.1:9'] });
  const { page } = ui;
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' });
  await page.getByRole('link', { name: 'Proxies', exact: true }).click();
  const look = (place: string, property: 'color' | 'backgroundColor') =>
    page.locator(place).evaluate((element, property) => getComputedStyle(element)[property], property);
  await page.getByRole('row').hover();
  assert.equal(await look('.check-box svg', 'color'), 'rgba(0, 0, 0, 0)', 'the mark shows where nothing is selected');
  await page.getByRole('row').press('Space');
  assert.notEqual(await look('.check-box svg', 'color'), 'rgba(0, 0, 0, 0)');
  assert.notEqual(await look('.check-box svg', 'color'), await look('.check-box', 'backgroundColor'));
  await page.getByRole('button', { name: 'Clear the selection' }).click();
  await page.getByRole('button', { name: /^How proxies are chosen/ }).click();
  const off = await look('.switch-track', 'backgroundColor');
  await page.getByText('Check the network with a direct connection').click();
  await expect(page.getByRole('switch')).toBeChecked();
  assert.notEqual(await look('.switch-track', 'backgroundColor'), off);
});

test('text can be read: contrast of at least 4.5 to 1 in both schemes', async () => {
  await using home = await startHome({ 'home/.profile': `export http_proxy=127.0.0.1:${await refusingPort()}\n` });
  await using ui = await openInterface({ args: ['--import', links.join('\n')], env: { HOME: home.folders.home } });
  const { page } = ui;
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const view of ['status', 'proxies', 'import', 'fix']) {
      await page.goto(`${new URL(page.url()).origin}/#/${view}`);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      if (view === 'fix') await expect(page.locator('.finding')).not.toHaveCount(0);
      assert.deepEqual(await page.evaluate(hardToRead), [], `${view}, ${colorScheme}`);
    }
  }
});

/** Runs in the page: texts whose colour is too near to what is behind them (WCAG 2.2, 1.4.3). What is disabled may be pale. */
function hardToRead(): string[] {
  const paint = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour: string): [number, number, number, number] => {
    if (paint === null) return [0, 0, 0, 0];
    paint.clearRect(0, 0, 1, 1);
    paint.fillStyle = colour;
    paint.fillRect(0, 0, 1, 1);
    return [...paint.getImageData(0, 0, 1, 1).data] as [number, number, number, number];
  };
  const luminance = (colour: string) => {
    const [red, green, blue] = rgba(colour).map((value) =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
  };
  const behind = (element: Element | null): string => {
    if (element === null) return 'white';
    const { backgroundColor } = getComputedStyle(element);
    return rgba(backgroundColor)[3] === 255 ? backgroundColor : behind(element.parentElement);
  };
  const bad: string[] = [];
  for (const element of document.querySelectorAll('#root *')) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim());
    if (!hasText || element.closest('[data-disabled], .hidden-visually, .skip')) continue;
    const [text, ground] = [luminance(getComputedStyle(element).color), luminance(behind(element))];
    const ratio = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
    if (ratio < 4.5) bad.push(`${ratio.toFixed(2)} ${element.outerHTML.slice(0, 100)}`);
  }
  return bad;
}
