import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { Menu } from 'electron';
import { SocksClient } from 'socks';
import type { AppState } from '../../preload/contract.ts';
import { locales } from '../../renderer/locales/locales.ts';
import { echoes } from '../rigs/connecting.ts';
import { type Desktop, noDesktop, startDesktop } from '../rigs/desktop.ts';
import { expect } from '../rigs/expect.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho } from '../rigs/origin.ts';
import { noSession, openSession } from '../rigs/private-session.ts';
import { processesWith } from '../rigs/processes.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

/** Keeps the tray's newest menu within reach; the tray gets it all the same. */
async function watchTray({ electron }: Desktop): Promise<void> {
  await electron.evaluate(({ Tray }) => {
    const setContextMenu = Tray.prototype.setContextMenu;
    Tray.prototype.setContextMenu = function (menu) {
      Object.assign(globalThis, { trayMenu: menu });
      setContextMenu.call(this, menu);
    };
  });
}

interface Items {
  readonly status: string | undefined;
  readonly labels: readonly string[] | undefined;
  readonly choices: readonly { id: string; label: string; checked: boolean }[];
}
const trayItems = ({ electron }: Desktop): Promise<Items> =>
  electron.evaluate(() => {
    const { trayMenu } = globalThis as unknown as { trayMenu?: Menu };
    const choices = trayMenu?.getMenuItemById('pin')?.submenu?.items ?? [];
    return {
      status: trayMenu?.getMenuItemById('status')?.label,
      labels: trayMenu?.items.map(({ label }) => label),
      choices: choices.map(({ id, label, checked }) => ({ id, label, checked })),
    };
  });
const clickTray = ({ electron }: Desktop, id: string): Promise<void> =>
  electron.evaluate((_modules, wanted) => {
    const { trayMenu } = globalThis as unknown as { trayMenu: Menu };
    setImmediate(() => trayMenu.getMenuItemById(wanted)?.click()); // may quit, see there
  }, id);
const importLinks = ({ page }: Desktop, text: string) =>
  page.evaluate((links) => window.paperplane.call('importText', { text: links }), text);
const stateOf = ({ page }: Desktop): Promise<AppState | null> =>
  page.evaluate(
    () =>
      new Promise<AppState | null>((resolve) => {
        const unsubscribe = window.paperplane.onState((state) => {
          resolve(state);
          queueMicrotask(() => unsubscribe());
        });
      }),
  );

test('the tray tells the state, pins a proxy, goes back to automatic, shows the window and quits', { skip: noDesktop }, async () => {
  await using desktop = await startDesktop();
  const { electron } = desktop;
  await watchTray(desktop);
  await importLinks(desktop, 'socks5://127.0.0.1:1#first\nsocks5://127.0.0.1:2#second');
  const choice = async (label: string) => (await trayItems(desktop)).choices.find((item) => item.label === label);
  await expect.poll(() => choice('second')).toMatchObject({ checked: false });
  expect(await choice('The best one (automatic)')).toMatchObject({ checked: true });

  await clickTray(desktop, (await choice('second'))?.id ?? '');
  await expect.poll(() => choice('second')).toMatchObject({ checked: true });
  await expect.poll(async () => (await stateOf(desktop))?.pinnedId).not.toBeNull(); // states are pushed four times a second
  await clickTray(desktop, 'automatic');
  await expect.poll(() => choice('second')).toMatchObject({ checked: false });
  await expect.poll(async () => (await stateOf(desktop))?.pinnedId).toBeNull();
  await expect.poll(async () => (await trayItems(desktop)).status).toBe('No proxy works right now'); // nothing listens on ports 1 and 2

  const isVisible = () => electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
  await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await expect.poll(isVisible).toBe(false);
  await clickTray(desktop, 'show');
  await expect.poll(isVisible).toBe(true);

  await clickTray(desktop, 'quit').catch(() => undefined); // it may be gone before it answers
  expect(await desktop.exited).toBe(0);
});

for (const language of ['ru', 'fa'] as const) {
  test(`tray and menu speak the language of the window: ${language}`, { skip: noDesktop }, async () => {
    await using desktop = await startDesktop({ args: [`--lang=${language}`] });
    await watchTray(desktop);
    await importLinks(desktop, 'socks5://127.0.0.1:1#Tom%20%26%20Jerry'); // nothing listens there
    const { shell, state, systemProxy } = locales[language];
    await expect(desktop.page.getByText(state.blocked)).toBeVisible();
    await expect.poll(async () => (await trayItems(desktop)).status).toBe(state.blocked);
    const { choices, labels } = await trayItems(desktop);
    expect(choices.map(({ label }) => label)).toEqual([shell.tray.automatic, 'Tom && Jerry']); // as menus want it
    expect(labels).toEqual([state.blocked, '', shell.tray.use, systemProxy.title, shell.tray.show, shell.menu.quit]);
    const menu = await desktop.electron.evaluate(({ Menu }) =>
      Menu.getApplicationMenu()?.items.flatMap(({ label, submenu }) => [label, ...(submenu?.items.map((item) => item.label) ?? [])]),
    );
    for (const word of ['edit', 'undo', 'paste', 'selectAll', 'window', 'minimize', 'close', 'quit'] as const)
      expect(menu).toContain(shell.menu[word]);
    expect(menu?.filter((label) => label !== 'Paperplane' && !/[^ -~]/.test(label))).toEqual([]); // none in English
  });
}

test('the tray turns the whole system over and back, and quitting restores too', { skip: noDesktop || noSession() }, async () => {
  await using session = await openSession();
  await using desktop = await startDesktop({ env: session.env });
  await watchTray(desktop);
  await importLinks(desktop, 'socks5://127.0.0.1:1'); // so that the menu is made anew
  const isChecked = () =>
    desktop.electron.evaluate(() => {
      const { trayMenu } = globalThis as unknown as { trayMenu?: Menu };
      return trayMenu?.getMenuItemById('system-proxy')?.checked;
    });
  for (const on of [true, false, true]) {
    await expect.poll(isChecked).toBe(!on);
    await clickTray(desktop, 'system-proxy');
    await expect.poll(isChecked).toBe(on);
    expect((await session.dump()) !== '').toBe(on);
  }
  expect(await desktop.quit()).toBe(0);
  expect(await session.dump()).toBe('');
});

test('killed while the whole system goes through it, the built watchdog restores', { skip: noDesktop || noSession() }, async () => {
  await using session = await openSession();
  await using desktop = await startDesktop({ env: session.env, args: ['--system-proxy'] });
  await expect.poll(async () => (await stateOf(desktop))?.systemProxy?.status).toBe('on');
  expect(await processesWith('dist/watchdog/watchdog.cjs', session.folder)).toHaveLength(1);
  desktop.electron.process().kill('SIGKILL');
  await desktop.exited;
  await until(async () => (await processesWith('dist/watchdog/watchdog.cjs', session.folder)).length === 0);
  expect(await session.dump()).toBe('');
});

test('traffic flows, and quitting waits for the engine to let it drain', { skip: noDesktop }, async () => {
  await using echo = await startEcho();
  await using proxy = await startSocks5();
  await using desktop = await startDesktop({ args: ['--json'] });
  const { stdout } = desktop.electron.process();
  assert.ok(stdout);
  const printed = text(stdout);
  await importLinks(desktop, `socks5://${proxy.host}:${proxy.port}`);
  const endpoint = (await stateOf(desktop))?.endpoint;
  const { socket } = await SocksClient.createConnection({
    proxy: { host: endpoint?.host ?? '', port: endpoint?.port ?? 0, type: 5 },
    command: 'connect',
    destination: { host: echo.host, port: echo.port },
  });
  socket.on('error', () => {}); // it is cut in the end
  await echoes(socket);

  const cut = once(socket, 'close');
  expect(await desktop.quit()).toBe(0);
  await cut;
  const last: { event: string } = JSON.parse((await printed).trimEnd().split('\n').at(-1) ?? '');
  expect(last).toMatchObject({ event: 'state', status: 'stopped' });
});

test('a signal ends the program in order', {
  skip: noDesktop || (process.platform === 'win32' && 'Windows has no such signals'),
}, async () => {
  await using desktop = await startDesktop();
  desktop.electron.process().kill('SIGTERM');
  expect(await desktop.exited).toBe(0);
  expect(existsSync(path.join(desktop.dataFolder, 'paperplane.db-wal'))).toBe(false); // closed, not dropped
});
