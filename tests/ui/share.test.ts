import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import type { Page } from 'playwright';
import encodeQr from 'qr';
import { decodeQR } from 'qr/decode.js';
import { expect } from '../rigs/expect.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { openInterface } from './open-interface.ts';

assertNothingLeftOpen();

const vless =
  'vless://b831381d-6324-4d53-ad4f-8cda48b30811@127.0.2.1:9?encryption=none&type=ws&security=tls&sni=cdn.example.com&path=%2Fray#Дом';
const canonical = vless.replace('#Дом', `#${encodeURIComponent('Дом')}`);
const hysteria = 'hysteria2://secret@127.0.2.2:443#Fast';

async function openProxies(page: Page) {
  await page.getByRole('link', { name: 'Proxies', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Proxies');
}

/** What the camera of a phone would read from the page. */
async function readQrOnPage(page: Page): Promise<string> {
  const shot = await page.getByRole('img', { name: 'QR code of the link' }).screenshot();
  const pixels = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const context = new OffscreenCanvas(image.width, image.height).getContext('2d');
    context?.drawImage(image, 0, 0);
    const data = context?.getImageData(0, 0, image.width, image.height);
    return { width: image.width, height: image.height, data: [...(data?.data ?? [])] };
  }, shot.toString('base64'));
  return decodeQR({ ...pixels, data: Uint8ClampedArray.from(pixels.data) });
}

/** A QR code as a picture in a file. */
const gif = (text: string) => ({ name: 'code.gif', mimeType: 'image/gif', buffer: Buffer.from(encodeQr(text, 'gif', { scale: 4 })) });

test('one proxy is shared as a QR code that reads back as its link, and in the forms of other programs', async () => {
  await using ui = await openInterface({ args: ['--import', vless], permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = ui;
  await openProxies(page);
  await page.getByRole('row').filter({ hasText: 'Дом' }).getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Share…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Share this proxy' });
  await expect(dialog).toContainText('Give it only to people you trust.');
  assert.equal(await readQrOnPage(page), canonical);
  await dialog.getByText('Clash (YAML)').click();
  await expect(dialog.getByRole('img')).toBeHidden();
  await dialog.getByRole('button', { name: 'Copy' }).click();
  await expect(dialog.getByRole('button', { name: 'Copied' })).toBeVisible();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^proxies:\n {2}- \{"name":"Дом","server":"127\.0\.2\.1"/);
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(dialog).toBeHidden();
  assert.ok(!(await page.content()).includes('b831381d'), 'a secret stays on the page');
});

test('all are exported to a file; what the form cannot hold is counted', async () => {
  await using ui = await openInterface({ args: ['--import', `${vless}\n${hysteria}`] });
  const { page } = ui;
  await openProxies(page);
  await page.getByRole('button', { name: 'Export…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export all proxies' });
  const save = async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'Save…' }).click()]);
    return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
  };
  const links = await save();
  assert.equal(links.name, 'proxies.txt');
  assert.deepEqual(links.text.split('\n').sort(), [hysteria, canonical].sort());
  await dialog.getByText('sing-box (JSON)').click();
  await expect(dialog).toContainText('1 proxy cannot be written in this form and is left out.');
  const { name, text } = await save();
  assert.equal(name, 'proxies.json');
  assert.deepEqual(
    JSON.parse(text).outbounds.map(({ type, tag }: { type: string; tag: string }) => [type, tag]),
    [['vless', 'Дом']],
  );
});

test('what a search finds is exported alone', async () => {
  await using ui = await openInterface({ args: ['--import', `${vless}\n${hysteria}`], permissions: ['clipboard-read', 'clipboard-write'] });
  const { page } = ui;
  await openProxies(page);
  await page.getByRole('searchbox').fill('fast');
  await page.getByRole('button', { name: 'Export found…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export the proxies found' });
  await expect(dialog).toContainText('fast');
  await dialog.getByRole('button', { name: 'Copy' }).click();
  await expect(dialog.getByRole('button', { name: 'Copied' })).toBeVisible();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), hysteria);
});

test('a link that is too long for a QR code says so', async () => {
  await using ui = await openInterface({ args: ['--import', `${vless.split('#')[0]}&extra=${'x'.repeat(3000)}#Long`] });
  const { page } = ui;
  await openProxies(page);
  await page.getByRole('row').filter({ hasText: 'Long' }).getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Share…' }).click();
  await expect(page.getByRole('dialog')).toContainText('The link is too long for a QR code.');
});

test('pictures of QR codes are imported: chosen, pasted; one without a code says so', async () => {
  await using ui = await openInterface();
  const { page } = ui;
  await page.getByRole('link', { name: 'Add proxies' }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose files…' }).click();
  await (await chooser).setFiles([gif(hysteria)]);
  const report = page.getByRole('region', { name: 'What was found' });
  await expect(report).toContainText('1 proxy added');

  const picture = gif('[Interface]\nPrivateKey = AQE=\n[Peer]\nPublicKey = AgI=\nEndpoint = 127.0.2.3:51820\n').buffer.toString('base64');
  await page.getByRole('textbox', { name: 'Proxy links' }).evaluate((box, base64) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))], 'image.gif', { type: 'image/gif' }));
    box.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, picture);
  await expect(report).toContainText('1 of these is kept, but cannot be used yet');
  await ui.program.state(({ proxies }) => proxies.total === 2);

  const second = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose files…' }).click();
  const [dot] = ['R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'];
  await (await second).setFiles([{ name: 'cat.gif', mimeType: 'image/gif', buffer: Buffer.from(String(dot), 'base64') }]);
  await expect(page.getByText(/No QR code was found in .*cat\.gif/)).toBeVisible();
});
