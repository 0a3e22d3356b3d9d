import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { chromium } from 'playwright';
import { findBrowser } from '../rigs/browser.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { assertUntouched, change, openCarrier } from './open-carrier.ts';

assertNothingLeftOpen();

/** A browser for which evil.example is this machine, as after DNS rebinding. */
async function openBrowser() {
  const { executablePath, args } = await findBrowser();
  const browser = await chromium.launch({ executablePath, args: [...args, '--host-resolver-rules=MAP evil.example 127.0.0.1'] });
  return { context: await browser.newContext(), [Symbol.asyncDispose]: () => browser.close() };
}

/** A web site with one empty page and no Content Security Policy, on this machine. */
async function openSite() {
  const server = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>evil</title>'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const close = async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  };
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: close };
}

/** Runs in a page: tries all that a page can to reach `target`, and tells which attempts gave it anything. */
async function attack({ target, change }: { target: string; change: string }): Promise<string[]> {
  const won: string[] = [];
  const attempt = async (what: string, action: () => Promise<unknown>) => {
    const result = await action().catch(() => null);
    if (result !== null) won.push(`${what}: ${String(result)}`);
  };
  const call = `${target}/api/call/changeSettings`;
  const readable = async (response: Response) => (response.type === 'opaque' || response.status >= 400 ? null : response.text());
  const loads = (tag: 'script' | 'img' | 'link', url: string) =>
    new Promise((resolve, reject) => {
      const element = document.createElement(tag);
      Object.assign(element, tag === 'link' ? { href: url, rel: 'stylesheet' } : { src: url });
      element.onload = () => resolve('loaded');
      element.onerror = reject;
      document.head.append(element);
    });
  const json = { 'Content-Type': 'application/json' };
  for (const credentials of ['include', 'omit'] as const) {
    await attempt('JSON', async () => readable(await fetch(call, { method: 'POST', body: change, headers: json, credentials })));
    await attempt('GET', async () => readable(await fetch(`${target}/`, { credentials })));
    for (const mode of ['no-cors', 'cors'] as const) {
      await attempt('text', async () => readable(await fetch(call, { method: 'POST', body: change, credentials, mode })));
      const form = new URLSearchParams({ claimTelegramLinks: 'true' });
      await attempt('form', async () => readable(await fetch(call, { method: 'POST', body: form, credentials, mode })));
    }
  }
  navigator.sendBeacon(call, new Blob([change], { type: 'text/plain' }));
  await attempt('stream', () => {
    const source = new EventSource(`${target}/api/state`, { withCredentials: true });
    return new Promise((resolve, reject) => {
      source.onmessage = ({ data }) => resolve(data);
      source.onerror = reject;
    }).finally(() => source.close());
  });
  await attempt('script', () => loads('script', `${target}/assets/app-1_x.js`));
  await attempt('style', () => loads('link', `${target}/assets/app-1_x.js`));
  await attempt('image', () => loads('img', `${target}/`));
  return won;
}

test('in a real browser the person gets in, and the page of another site or port gets nothing', async () => {
  await using carrier = await openCarrier();
  await using site = await openSite();
  await using browser = await openBrowser();
  const person = await browser.context.newPage();
  await person.goto(carrier.url);
  assert.equal(person.url(), `${carrier.origin}/`);
  await person.waitForFunction(() => document.title === 'running');
  assert.equal(await person.evaluate(() => document.cookie), '', 'scripts do not see the cookie');

  // Another site; the same site on another port, where SameSite does not help; and a name that was pointed here.
  const pages = [`http://localhost:${site.port}/`, `http://127.0.0.1:${site.port}/`, `http://evil.example:${site.port}/`];
  for (const url of pages) {
    for (const target of [carrier.origin, `http://evil.example:${carrier.port}`]) {
      const page = await browser.context.newPage();
      await page.goto(url);
      assert.deepEqual(await page.evaluate(attack, { target, change }), [], `${url} against ${target}`);
      await page.close();
    }
  }
  const rebound = await browser.context.newPage();
  assert.equal((await rebound.goto(`http://evil.example:${carrier.port}/`))?.status(), 421);
  assert.deepEqual(await rebound.evaluate(attack, { target: '', change }), [], 'rebound');
  assertUntouched(carrier);

  // From our own page the same attempts succeed, so they are real ones.
  const won = await person.evaluate(attack, { target: '', change });
  for (const what of ['JSON', 'GET', 'stream', 'script'])
    assert.ok(
      won.some((result) => result.startsWith(what)),
      what,
    );
});

test('a person who comes from a link on another site gets in with one more click', async () => {
  await using carrier = await openCarrier();
  await using site = await openSite();
  await using browser = await openBrowser();
  const page = await browser.context.newPage();
  await page.goto(`http://localhost:${site.port}/`);
  await page.evaluate((url) => {
    const link = document.createElement('a');
    link.href = url;
    link.textContent = 'terminal output';
    document.body.append(link);
  }, carrier.url);
  await page.getByRole('link').click();
  await page.getByRole('link', { name: 'continue' }).click();
  await page.waitForFunction(() => document.title === 'running');
});

test('our page may do what it needs, and nothing that was injected runs', async () => {
  await using carrier = await openCarrier();
  await using browser = await openBrowser();
  const page = await browser.context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.text().includes('Content Security Policy') && complaints.push(message.text()));
  await page.goto(carrier.url);
  const outcome = await page.evaluate(async (body) => {
    const response = await fetch('/api/call/changeSettings', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
    return response.json();
  }, change);
  assert.deepEqual(outcome, { ok: true, value: null });
  const state = await page.evaluate(() => {
    const source = new EventSource('/api/state');
    return new Promise<string>((resolve) => source.addEventListener('message', ({ data }) => resolve(data), { once: true })).finally(() =>
      source.close(),
    );
  });
  assert.equal(JSON.parse(state).settings.claimTelegramLinks, true);

  assert.deepEqual(complaints, []);
  const inline = await page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'document.title = "injected"';
    document.head.append(script);
    return document.title;
  });
  assert.equal(inline, 'running');
});
