import assert from 'node:assert/strict';
import test from 'node:test';
import { startHeadless } from '../rigs/headless.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { noTabs, openTabs, type Tab } from '../rigs/tabs.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

/** More than the six connections that a browser keeps to one address. */
const count = 8;
const shows = (tab: Tab, text: string) => async () =>
  (await tab.evaluate(`document.body.innerText.includes(${JSON.stringify(text)})`).catch(() => false)) === true; // no page yet
const loss = 'cannot reach the Paperplane program';
const watchForLoss = `new MutationObserver(() => {
  window.hasLost ||= document.body.innerText.includes('${loss}');
}).observe(document.body, { childList: true, subtree: true, characterData: true })`;
/** As the page itself would: over a connection of the browser's own. */
const importLink = (port: number) => `fetch('/api/call/importText', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ text: 'socks5://127.0.0.1:${port}' }),
}).then((response) => response.json()).then(({ ok }) => ok)`;

test('eight tabs: each works when it is brought to the front, and none says that contact was lost', { skip: noTabs }, async () => {
  await using program = await startHeadless(['--ui', '127.0.0.1:0']);
  const { url } = (await program.event('ui')) as unknown as { url: string };
  await using browser = await openTabs();
  const tabs: Tab[] = [];
  for (let index = 0; index < count; index++) {
    const tab = await browser.open(index === 0 ? url : `${new URL(url).origin}/#/proxies`);
    await until(shows(tab, index === 0 ? 'Let’s find you a way out' : 'Proxies'));
    await tab.evaluate(watchForLoss);
    tabs.push(tab);
  }
  await tabs[0]?.evaluate("location.hash = '#/proxies'");
  for (const [index, tab] of tabs.entries()) {
    await tab.show();
    assert.equal(await tab.evaluate(importLink(index + 1)), true);
    await until(shows(tab, `${index + 1} in all`));
  }
  for (const tab of tabs) assert.equal(await tab.evaluate('window.hasLost'), false);

  await program.end('SIGKILL');
  await until(shows(tabs.at(-1) as Tab, loss));
  await tabs[0]?.show();
  await until(shows(tabs[0] as Tab, loss));
});
