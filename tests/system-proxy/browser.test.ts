/** A running browser that was told nothing about proxies follows the switch. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { chromium } from 'playwright';
import { findDesktopBrowser } from '../rigs/browser.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { noSession, openSession } from '../rigs/private-session.ts';
import { startSwitch } from '../rigs/system-switch.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

const desktops = {
  GNOME: { desktop: { XDG_CURRENT_DESKTOP: 'GNOME' }, tools: [] },
  KDE: { desktop: { XDG_CURRENT_DESKTOP: 'KDE', KDE_SESSION_VERSION: '5' }, tools: ['kwriteconfig5'] },
};
const browser = await findDesktopBrowser();

/** An HTTP server that answers every request, also one for a proxy, with this text. */
async function startServer(answer: string) {
  const asked: (string | undefined)[] = [];
  const server = createServer(({ url }, response) => {
    asked.push(url);
    response.setHeader('Connection', 'close').end(answer);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    asked,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

for (const [name, { desktop, tools }] of Object.entries(desktops)) {
  const skip = noSession(...tools) || (browser === null && 'no Chrome or Chromium of the system');
  test(`a running Chromium on ${name} follows the switch on, off, on, and so by the script`, { skip }, async () => {
    assert.ok(browser);
    await using session = await openSession(desktop);
    // A Chromium that finds no such file at its start does not watch for it.
    if (name === 'KDE') await writeFile(join(session.home, '.config/kioslaverc'), '[Proxy Settings]\nProxyType=0\n');
    await using site = await startServer('direct');
    await using endpoint = await startServer('through the endpoint');
    await using proxy = await startSwitch(session, { endpoint: () => ({ host: '127.0.0.1', port: endpoint.port }) });
    const context = await chromium.launchPersistentContext(join(session.home, 'browser'), {
      executablePath: browser.executablePath,
      ignoreDefaultArgs: ['--no-proxy-server'],
      args: [...browser.args, `--host-resolver-rules=MAP site.example 127.0.0.1:${site.port}`],
      env: session.env as Record<string, string>,
    });
    await using _closing = { [Symbol.asyncDispose]: () => context.close() };
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto('http://site.example/');
    const load = async () => (await fetch(`/?${performance.now()}`)).text();
    const comes = (text: string) => until(async () => (await page.evaluate(load)) === text);
    await comes('direct');
    for (const pac of [false, true]) {
      await proxy.commands.changeSystemProxy({ pac });
      for (const on of [true, false, true, false]) {
        await proxy.turn(on);
        await comes(on ? 'through the endpoint' : 'direct');
      }
    }
    await proxy.turn(true);
    await comes('through the endpoint');
    await endpoint[Symbol.asyncDispose](); // it stays on: refused, and nothing goes direct
    for (const pac of [true, false]) {
      await proxy.commands.changeSystemProxy({ pac });
      await assert.rejects(page.goto('http://site.example/refused'), /ERR_PROXY_CONNECTION_FAILED/);
    }
    assert.ok(!site.asked.includes('/refused'));
  });
}
