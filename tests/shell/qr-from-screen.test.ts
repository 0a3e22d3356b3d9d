/**
 * Our side of "From the screen": who may ask, which screen is given, what becomes of its picture. The stand-in gives pictures from files; the
 * real Electron alone shows that a system gives its screen, its picker, and macOS's question whether Paperplane may record.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { CDPSession, Page } from 'playwright';
import encodeQr from 'qr';
import { type Desktop, noDesktop, startDesktop } from '../rigs/desktop.ts';
import { expect } from '../rigs/expect.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const link = 'socks5://127.0.2.9:1080#Poster';
const empty = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const skip = process.env.PAPERPLANE_ELECTRON === 'real' ? 'the real Electron has no screen with a picture of ours' : noDesktop;

/** The desktop program before screens that show these pictures; a text stands for its QR code, null for nothing. */
async function startBefore(...shown: readonly (string | null)[]): Promise<Desktop & { show(text: string): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'paperplane-screens-'));
  const files = shown.map((_text, index) => path.join(folder, `${index}.gif`));
  const draw = (file: string, text: string | null) =>
    writeFile(file, text === null ? empty : encodeQr(text, 'gif', { scale: 4, border: 40 }));
  await Promise.all(files.map((file, index) => draw(file, shown[index] ?? null)));
  const desktop = await startDesktop({ env: { PAPERPLANE_STANDIN_SCREENS: files.join(path.delimiter) } });
  await desktop.page.getByRole('link', { name: 'Add proxies' }).first().click();
  return {
    ...desktop,
    show: (text) => draw(files[0] ?? '', text),
    async [Symbol.asyncDispose]() {
      await desktop[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

const look = (page: Page) => page.getByRole('button', { name: 'From the screen' }).click();
const box = (page: Page) => page.getByRole('textbox', { name: 'Proxy links' });
const rows = (page: Page) => page.evaluate(async () => window.paperplane.call('listProxies', { offset: 0, limit: 10 }));

test('a code on the screen stands in the box, and is added when the person says so', { skip }, async () => {
  await using desktop = await startBefore(link);
  const { page } = desktop;
  await page.evaluate(() => {
    const { mediaDevices } = navigator;
    const ask = mediaDevices.getDisplayMedia.bind(mediaDevices);
    const streams: MediaStream[] = [];
    const getDisplayMedia = async (options?: DisplayMediaStreamOptions) => {
      const stream = await ask(options);
      streams.push(stream);
      return stream;
    };
    Object.assign(mediaDevices, { getDisplayMedia });
    Object.assign(window, { streams });
  });
  await look(page);
  await expect(box(page)).toHaveValue(link);
  await expect(page.getByText('This stood in a QR code on the screen.')).toBeVisible();
  expect(await rows(page)).toEqual({ ok: true, value: { total: 0, rows: [] } });
  const tracks = await page.evaluate(() =>
    (window as unknown as { streams: MediaStream[] }).streams.flatMap((stream) => stream.getTracks().map((track) => track.readyState)),
  );
  expect(tracks).toEqual(['ended']);

  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('region', { name: 'What was found' })).toContainText('1 proxy added');
  await expect(box(page)).toHaveValue('');
  await expect(page.getByText('This stood in a QR code')).toBeHidden();
});

test('what stood in the box stays, and an address of a list is asked about as ever', { skip }, async () => {
  await using desktop = await startBefore('https://127.0.2.8/list/abc');
  const { page } = desktop;
  await box(page).fill(link);
  await look(page);
  await expect(box(page)).toHaveValue(`${link}\nhttps://127.0.2.8/list/abc`);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('dialog')).toContainText('127.0.2.8');
});

test('a screen without a code says so, and one with a code is read the next time', { skip }, async () => {
  await using desktop = await startBefore(null);
  await look(desktop.page);
  await expect(desktop.page.getByText('No QR code was found on this screen.')).toBeVisible();
  await expect(box(desktop.page)).toHaveValue('');
  await desktop.show(link);
  await look(desktop.page);
  await expect(box(desktop.page)).toHaveValue(link);
  await expect(desktop.page.getByText('No QR code was found on this screen.')).toBeHidden();
});

test('the screen on which the window is, is the one that is read', { skip }, async () => {
  await using desktop = await startBefore(link, 'socks5://127.0.2.10:1080#Second');
  await desktop.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setBounds({ x: 2000 }));
  await look(desktop.page);
  await expect(box(desktop.page)).toHaveValue(/Second$/);
});

test('a system that shows no screen is told about in one sentence', { skip }, async () => {
  await using desktop = await startBefore();
  await look(desktop.page);
  await expect(desktop.page.getByText('Paperplane could not see the screen.')).toBeVisible();
  await expect(desktop.page.getByRole('button', { name: 'From the screen' })).toBeEnabled();
});

/** How `getDisplayMedia` ends, asked without a click, as scripts of a page may at any time. */
async function askWithoutGesture(session: CDPSession, wish = '{ video: true }'): Promise<string> {
  const evaluate = async (expression: string) =>
    (await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true, userGesture: false })).result.value;
  await expect.poll(() => evaluate('navigator.userActivation.isActive')).toBe(false); // clicks count for 5 s
  return evaluate(`navigator.mediaDevices.getDisplayMedia(${wish}).then(() => 'given', ({ name }) => name)`);
}

test('nothing is given without a click, with sound, or to a page that is not ours', { skip }, async () => {
  await using desktop = await startBefore(link);
  const { page, electron } = desktop;
  const ask = (wish: DisplayMediaStreamOptions) =>
    page.evaluate(
      (wanted) =>
        navigator.mediaDevices.getDisplayMedia(wanted).then(
          () => 'given',
          ({ name }) => name,
        ),
      wish,
    );
  await page.mouse.click(2, 2); // what Playwright evaluates counts as the person's doing, too
  expect([await ask({ video: true }), await ask({ video: true, audio: true })]).toEqual(['given', 'NotAllowedError']);

  const outcome = await electron.evaluate(async ({ BrowserWindow }) => {
    const stranger = new BrowserWindow({ show: false });
    await stranger.loadURL('app://paperplane/');
    const asked = 'navigator.mediaDevices.getDisplayMedia().then(() => "given", ({ name }) => name)';
    const outcomes = [await stranger.webContents.executeJavaScript(asked, true)];
    await stranger.loadURL('app://elsewhere/');
    outcomes.push(await stranger.webContents.executeJavaScript(asked, true));
    outcomes.push(
      await stranger.webContents.executeJavaScript('navigator.permissions.query({ name: "display-capture" }).then(({ state }) => state)'),
    );
    stranger.destroy();
    return outcomes;
  });
  expect(outcome).toEqual(['NotAllowedError', 'NotAllowedError', 'denied']);

  expect(await askWithoutGesture(await page.context().newCDPSession(page))).toBe('NotAllowedError');
});
