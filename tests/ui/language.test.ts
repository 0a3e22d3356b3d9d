import assert from 'node:assert/strict';
import test from 'node:test';
import { expect } from '../rigs/expect.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { openInterface } from './open-interface.ts';

assertNothingLeftOpen();

for (const { tags, lang, title } of [
  { tags: ['de-DE', 'ru-RU', 'en-US'], lang: 'ru', title: 'Найдём вам выход' },
  { tags: ['fa-AF'], lang: 'fa', title: 'بیایید راهی پیدا کنیم' },
  { tags: ['tlh'], lang: 'en', title: 'Let’s find you a way out' },
  // What a headless Chromium without a locale says; Intl throws on it.
  { tags: ['en-US@posix'], lang: 'en', title: 'Let’s find you a way out' },
]) {
  test(`a browser that prefers ${tags.join(', ')} gets ${lang}`, async () => {
    await using ui = await openInterface();
    const { page } = ui;
    await page.addInitScript((languages) => {
      Object.defineProperties(Navigator.prototype, { languages: { value: languages }, language: { value: languages[0] } });
    }, tags);
    await page.reload();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
    assert.equal(await page.evaluate(() => document.documentElement.lang), lang);
    assert.equal(await page.evaluate(() => document.documentElement.dir), lang === 'fa' ? 'rtl' : 'ltr');
    await page.getByRole('textbox').fill('socks5://127.0.0.1:9');
    await page.keyboard.press('Control+Enter');
    await expect(page.locator('.traffic')).toBeVisible();
  });
}
