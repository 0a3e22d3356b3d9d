import { test } from 'node:test';
import { type Desktop, noDesktop, startDesktop } from '../rigs/desktop.ts';
import { expect } from '../rigs/expect.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const total = ({ page }: Desktop) =>
  page.evaluate(async () => {
    const outcome = await window.paperplane.call('listProxies', { offset: 0, limit: 10 });
    return outcome.ok ? outcome.value.total : outcome.code;
  });
const isVisible = ({ electron }: Desktop) => electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
/** Closes the window, which only hides it. */
async function hide(desktop: Desktop): Promise<void> {
  await desktop.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect.poll(() => isVisible(desktop)).toBe(false);
}

test('starting again shows the hidden window, and its link is imported only after a yes', { skip: noDesktop }, async () => {
  await using desktop = await startDesktop();
  const question = desktop.page.getByRole('dialog');
  await hide(desktop);

  expect(await desktop.startAgain('paperplane:socks5://user:hush@127.0.0.1:1081')).toBe(0);
  await expect(question).toContainText('127.0.0.1:1081');
  await expect(question).not.toContainText('hush');
  expect(await isVisible(desktop)).toBe(true);
  expect(await total(desktop)).toBe(0);

  await question.getByRole('button', { name: 'Do not add' }).click();
  await expect(question).toBeHidden();
  expect(await total(desktop)).toBe(0);

  expect(await desktop.startAgain('paperplane://import?socks5%3A%2F%2F127.0.0.1%3A1082')).toBe(0);
  await question.getByRole('button', { name: 'Add', exact: true }).click();
  await expect.poll(() => total(desktop)).toBe(1);
});

test('a link that starts the program, and one that macOS sends, are asked about', { skip: noDesktop }, async () => {
  await using desktop = await startDesktop({ args: ['--', 'paperplane:socks5://127.0.0.1:1081'] });
  const { electron, page } = desktop;
  await expect(page.getByRole('dialog')).toContainText('127.0.0.1:1081');
  expect(await total(desktop)).toBe(0);

  await electron.evaluate(({ app }) => app.emit('open-url', { preventDefault() {} }, 'paperplane:socks5://127.0.0.1:1082'));
  await expect(page.getByRole('dialog')).toContainText('127.0.0.1:1082');
  expect(await total(desktop)).toBe(0);
});

test('tg:// links are ignored until the person claims them', { skip: noDesktop }, async () => {
  await using desktop = await startDesktop();
  const { electron, page } = desktop;
  await electron.evaluate(({ app }) => {
    const claims: string[] = [];
    Object.assign(globalThis, { claims });
    app.setAsDefaultProtocolClient = (scheme) => claims.push(`+${scheme}`) > 0;
    app.removeAsDefaultProtocolClient = (scheme) => claims.push(`-${scheme}`) > 0;
  });
  const claims = () => electron.evaluate(() => (globalThis as unknown as { claims: string[] }).claims);
  const claim = (claimTelegramLinks: boolean) =>
    page.evaluate((claims) => window.paperplane.call('changeSettings', { claimTelegramLinks: claims }), claimTelegramLinks);
  const telegramLink = 'tg://socks?server=127.0.0.1&port=1083';

  await hide(desktop);
  await desktop.startAgain(telegramLink);
  await expect.poll(() => isVisible(desktop)).toBe(true); // the link has arrived
  const answer = await page.evaluate(() => window.paperplane.call('answerPending', { id: 1, accept: true }));
  expect(answer).toEqual({ ok: true, value: null }); // nothing was asked
  expect(await total(desktop)).toBe(0);
  expect(await claims()).toEqual([]);

  await claim(true);
  await expect.poll(claims).toEqual(['+tg']);
  await desktop.startAgain(telegramLink);
  await expect(page.getByRole('dialog')).toContainText('127.0.0.1:1083');
  await claim(false);
  await expect.poll(claims).toEqual(['+tg', '-tg']);
});
