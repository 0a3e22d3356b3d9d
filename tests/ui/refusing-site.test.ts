import assert from 'node:assert/strict';
import test from 'node:test';
import { SocksClient } from 'socks';
import { expect } from '../rigs/expect.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { openInterface } from './open-interface.ts';

assertNothingLeftOpen();

for (const [locale, works] of [
  ['en-GB', 'Your proxies work'],
  ['ru-RU', 'Прокси работают'],
  ['fa-IR', 'پروکسی‌های شما کار می‌کنند'],
] as const) {
  test(`a site that refuses is named, calmly, and nothing moves (${locale})`, async () => {
    await using origin = await startHttpOrigin();
    await using one = await startSocks5();
    await using other = await startSocks5();
    const links = `socks5://127.0.0.1:${one.port}\nsocks5://127.0.0.1:${other.port}`;
    await using ui = await openInterface({ args: ['--probe', origin.url, '--import', links], context: { locale } });
    const { page, program } = ui;
    await program.state(({ proxies, testing }) => proxies.working === 2 && testing === null);
    const line = page.locator('.site-line');
    await expect(page.locator('.hero.good')).toBeVisible();
    await expect(line).toHaveText('');
    const places = () => page.locator('.hero, .card').evaluateAll((cards) => cards.map((card) => card.getBoundingClientRect().top));
    const before = await places();

    const { host, port } = await program.endpoint();
    const site = `${'long-name.'.repeat(22)}test`;
    const proxy = { host, port, type: 5 as const };
    await assert.rejects(SocksClient.createConnection({ proxy, command: 'connect', destination: { host: site, port: 443 } }));
    await expect(line).toContainText(site);
    await expect(line).toContainText(works);
    assert.equal(await line.getAttribute('role'), 'status');
    assert.equal(await page.getByRole('alert').count(), 0);
    assert.deepEqual(await places(), before);
    for (const width of [900, 400]) {
      await page.setViewportSize({ width, height: 640 });
      await expect(line).toBeInViewport({ ratio: 1 });
      assert.ok(await line.evaluate((element) => element.scrollWidth <= element.clientWidth));
    }
  });
}
