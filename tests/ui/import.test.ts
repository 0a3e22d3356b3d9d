import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'node:test';
import type { Page } from 'playwright';
import { expect } from '../rigs/expect.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { openInterface } from './open-interface.ts';

assertNothingLeftOpen();

const box = (page: Page) => page.getByRole('textbox', { name: 'Proxy links' });
const report = (page: Page) => page.getByRole('region', { name: 'What was found' });

async function openImport(page: Page) {
  await page.getByRole('navigation').getByRole('link', { name: 'Add proxies' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Add proxies');
}

/** Drops onto the paste box what is dragged from another program: files by their paths, or text. */
async function drop(page: Page, { files = [], text }: { files?: string[]; text?: string }) {
  const middle = await page.locator('.paste-box').boundingBox();
  const devtools = await page.context().newCDPSession(page);
  const items = text === undefined ? [] : [{ mimeType: 'text/plain', data: text }];
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await devtools.send('Input.dispatchDragEvent', {
      type,
      x: (middle?.x ?? 0) + 10,
      y: (middle?.y ?? 0) + 10,
      data: { items, files, dragOperationsMask: 1 },
    });
  }
  await devtools.detach();
}

test('every rejected line is reported with its number and reason, and can be corrected or copied', async () => {
  await using ui = await openInterface({ permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = ui;
  await openImport(page);
  await box(page).fill('socks5://127.0.0.1:9\r\nsocks5://127.0.0.1:99999\n\nfoo://x@192.0.2.1:443\nsocks5://127.0.0.1:9');
  await page.keyboard.press('Control+Enter');
  await expect(report(page)).toContainText('1 proxy added');
  await expect(report(page)).toContainText('1 was already there');
  await expect(report(page)).toContainText('2 lines could not be used');
  await expect(box(page)).toHaveValue('');
  const rows = report(page).getByRole('row');
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(0)).toContainText('Line 2');
  await expect(rows.nth(0)).toContainText('The port must be a number from 1 to 65535.');
  await expect(rows.nth(1)).toContainText('Line 4');

  await report(page).getByRole('button', { name: 'Copy these lines' }).click();
  await expect(report(page).getByRole('button', { name: 'Copied' })).toBeVisible();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'socks5://127.0.0.1:99999\nfoo://x@192.0.2.1:443');
  await report(page).getByRole('button', { name: 'Correct them' }).click();
  await expect(box(page)).toBeFocused();
  await expect(box(page)).toHaveValue('socks5://127.0.0.1:99999\nfoo://x@192.0.2.1:443');
});

test('what stands in the box survives a look at another view', async () => {
  await using ui = await openInterface();
  const { page } = ui;
  await openImport(page);
  await box(page).fill('half a thought');
  await page.getByRole('link', { name: 'Proxies', exact: true }).click();
  await openImport(page);
  await expect(box(page)).toHaveValue('half a thought');
});

test('files and text can be dropped; lines are counted in each file', async (context) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'paperplane-drop-'));
  context.after(() => rm(folder, { recursive: true }));
  const files = [path.join(folder, 'first.txt'), path.join(folder, 'second & third.txt')] as const;
  await writeFile(files[0], 'hello there\nsocks5://127.0.0.1:9');
  await writeFile(files[1], '\uFEFFsocks5://127.0.0.1:7\r\nsocks5://127.0.0.1:0\r\n', 'utf16le'); // as Windows writes "Unicode"
  await using ui = await openInterface();
  const { page } = ui;
  await openImport(page);
  await drop(page, { files: [...files] });
  await expect(report(page)).toContainText('2 proxies added');
  await expect(report(page).getByRole('row')).toHaveText([/second & third\.txt.*, line 2 .*socks5:\/\/127\.0\.0\.1:0/s]);

  await drop(page, { text: 'have socks5://127.0.0.1:8 too' });
  await expect(report(page)).toContainText('1 proxy added');
});

test('files can be chosen, and a file that is not text is said to be none', async () => {
  await using ui = await openInterface();
  const { page } = ui;
  await openImport(page);
  const choose = async (name: string, buffer: Buffer) => {
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Choose files…' }).click();
    await (await chooser).setFiles({ name, mimeType: 'text/plain', buffer });
  };
  await choose('photo.jpg', Buffer.from([0xff, 0xd8, 0, 0, 1, 2, 3]));
  await expect(page.getByText(/photo\.jpg.* could not be read as text/)).toBeVisible();
  await choose('large.txt', Buffer.alloc(8 * 1024 * 1024 + 1, 'a\n'));
  await expect(page.getByText('This is more than 8 MB of text. Add it in smaller parts.')).toBeVisible();
  await choose('list.txt', Buffer.from('127.0.0.1:9\n'));
  await expect(report(page)).toContainText('1 proxy added');
});

test('a long list of rejected lines keeps only the lines in sight in the page', async () => {
  await using ui = await openInterface({ permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = ui;
  await openImport(page);
  // More than the box takes: it is imported as it is pasted.
  await page.evaluate(() => navigator.clipboard.writeText('socks5://127.0.0.1:0\n'.repeat(10_000)));
  await box(page).press('ControlOrMeta+V');
  await expect(report(page)).toContainText('10,000 lines could not be used');
  await expect(box(page)).toHaveValue('');
  assert.ok((await report(page).getByRole('row').count()) < 50);
  await report(page).getByRole('row').first().press('End');
  await expect(report(page).getByText('Line 10,000')).toBeVisible();
});
