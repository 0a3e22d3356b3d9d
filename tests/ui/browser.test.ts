import assert from 'node:assert/strict';
import test from 'node:test';
import { chromium } from 'playwright';
import { findBrowser, hasNpmBrowser, unpackNpmBrowser } from '../rigs/browser.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

test('the browser that is found starts and renders', async () => {
  const { executablePath, args } = await findBrowser();
  const browser = await chromium.launch({ executablePath, args });
  try {
    const page = await browser.newPage();
    await page.setContent('<h1>Paper</h1>');
    assert.equal(await page.getByRole('heading').textContent(), 'Paper');
  } finally {
    await browser.close();
  }
});

const unfit = hasNpmBrowser ? false : 'the Chromium from npm is for Linux x64';

test('the Chromium that comes from npm starts and has glyphs to draw with', { skip: unfit }, async () => {
  const browser = await chromium.launch({ executablePath: await unpackNpmBrowser(), args: (await findBrowser()).args });
  try {
    const page = await browser.newPage();
    await page.setContent('<span id=wide>MMMM</span><br><span id=thin>iiii</span>');
    const widths = await page.evaluate(() => ['wide', 'thin'].map((id) => document.getElementById(id)?.getBoundingClientRect().width ?? 0));
    assert.ok((widths[0] ?? 0) > (widths[1] ?? 0) + 5, `${widths}`);
  } finally {
    await browser.close();
  }
});
