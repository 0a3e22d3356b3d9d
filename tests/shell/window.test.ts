import path from 'node:path';
import { test } from 'node:test';
import { type Desktop, noDesktop, startDesktop } from '../rigs/desktop.ts';
import { expect } from '../rigs/expect.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const preload = path.join(import.meta.dirname, '../../dist/preload/index.cjs');

/** From now on, links that would open in the browser are written down instead. */
async function recordOpened({ electron }: Desktop): Promise<() => Promise<string[]>> {
  await electron.evaluate(({ shell }) => {
    const opened: string[] = [];
    Object.assign(globalThis, { opened });
    shell.openExternal = async (url) => void opened.push(url);
  });
  return () => electron.evaluate(() => (globalThis as unknown as { opened: string[] }).opened);
}

test('the window shows the interface, and the page has the bridge and nothing else', { skip: noDesktop }, async () => {
  await using desktop = await startDesktop();
  const { electron, page } = desktop;
  await expect(page.getByRole('navigation')).toBeVisible();

  const url = await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getURL());
  expect(url).toBe('app://paperplane/');

  const seen = await page.evaluate(async () => ({
    members: Object.keys(window.paperplane).sort(),
    host: window.paperplane.host,
    isFrozen: Object.isFrozen(window.paperplane),
    isFixed: Reflect.set(window, 'paperplane', null) === false && window.paperplane !== null,
    node: ['require', 'process', 'module', 'Buffer', 'global', 'electron', 'ipcRenderer'].filter((name) => name in window),
    answer: await window.paperplane.call('listProxies', { offset: 0, limit: 10 }),
    refused: await window.paperplane.call('listProxies', { offset: -1, limit: 10 }),
  }));
  expect(seen).toEqual({
    members: ['call', 'host', 'onState'],
    host: 'desktop',
    isFrozen: true,
    isFixed: true,
    node: [],
    answer: { ok: true, value: { total: 0, rows: [] } },
    refused: { ok: false, code: 'bad-arguments' },
  });
});

test('a listener gets the state now and after changes, until it unsubscribes', { skip: noDesktop }, async () => {
  await using desktop = await startDesktop();
  const { page } = desktop;
  const totals = await page.evaluate(async () => {
    const totals: number[] = [];
    const added = Promise.withResolvers<void>();
    const unsubscribe = window.paperplane.onState((state) => {
      totals.push(state?.proxies.total ?? -1);
      if (state?.proxies.total === 1) added.resolve();
    });
    await window.paperplane.call('importText', { text: 'socks5://127.0.0.1:1' });
    await added.promise;
    unsubscribe();
    await window.paperplane.call('importText', { text: 'socks5://127.0.0.1:2' });
    await new Promise<void>((resolve) => {
      window.paperplane.onState((state) => state?.proxies.total === 2 && resolve());
    });
    return [...new Set(totals)];
  });
  expect(totals).toEqual([0, 1]);
});

test('the page stays where it is, and only https opens outside', { skip: noDesktop }, async () => {
  await using desktop = await startDesktop();
  const { electron, page } = desktop;
  const opened = await recordOpened(desktop);

  for (const url of [
    'http://example.org/',
    'file:///etc/passwd',
    'tg://socks?server=127.0.0.1',
    'data:text/html,x',
    'https://example.org/a',
  ]) {
    await page.evaluate((target) => void window.open(target), url);
  }
  await expect.poll(opened).toContain('https://example.org/a');
  expect(await opened()).toEqual(['https://example.org/a']);

  await electron.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    contents?.on('will-navigate', (event) => Object.assign(globalThis, { wasPrevented: event.defaultPrevented }));
  });
  await page.evaluate(() => {
    window.location.href = 'https://example.org/elsewhere';
  });
  await expect.poll(() => electron.evaluate(() => (globalThis as unknown as { wasPrevented?: boolean }).wasPrevented)).toBe(true);

  expect(
    await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map(({ webContents }) => webContents.getURL())),
  ).toEqual(['app://paperplane/']);
  await expect(page.getByRole('navigation')).toBeVisible();
});

test('permissions are denied, but for copying text and for looking at the screen', { skip: noDesktop }, async () => {
  await using desktop = await startDesktop();
  const { page } = desktop;
  const states = await page.evaluate(async () => {
    const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read', 'clipboard-write', 'display-capture'];
    const asked = names.map(async (name) => [name, (await navigator.permissions.query({ name: name as PermissionName })).state]);
    return Object.fromEntries(await Promise.all(asked));
  });
  expect(states).toEqual({
    geolocation: 'denied',
    notifications: 'denied',
    camera: 'denied',
    microphone: 'denied',
    'clipboard-read': 'denied',
    'clipboard-write': 'granted',
    'display-capture': 'granted', // to our own page; whether it gets a picture is asked each time
  });
});

test('app:// serves the built interface only, under a policy that forbids inline code', { skip: noDesktop }, async () => {
  await using desktop = await startDesktop();
  const { electron, page } = desktop;
  const answers = await electron.evaluate(async ({ net }) => {
    const paths = [
      '',
      '..%2f..%2fpackage.json',
      '%2e%2e/%2e%2e/package.json',
      '..%5c..%5cpackage.json',
      '//etc/passwd',
      'index.html%00',
      'api/state',
    ];
    const urls = [...paths.map((name) => `app://paperplane/${name}`), 'app://elsewhere/'];
    const answers = await Promise.all(urls.map((url) => net.fetch(url)));
    const names = ['content-type', 'content-security-policy', 'permissions-policy'];
    return answers.map(({ status, headers }) => [status, ...names.map((name) => headers.get(name))]);
  });
  const [index, ...others] = answers;
  expect(index?.slice(0, 2)).toEqual([200, expect.stringMatching(/^text\/html/)]);
  expect(index?.[2]).toMatch(/default-src 'none'.*script-src 'self'/);
  expect(index?.[3]).toBe('display-capture=(self)');
  expect(others.map(([status]) => status)).toEqual(others.map(() => 404));

  const violated = await page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective), { once: true });
        const script = document.createElement('script');
        script.textContent = 'window.injected = true';
        document.head.append(script); // runs at once where it is allowed
        if ('injected' in window) resolve('none');
      }),
  );
  expect(violated).toBe('script-src-elem');
  expect(await page.evaluate(() => 'injected' in window)).toBe(false);
});

test('a page that is not ours is refused, even with our preload', { skip: noDesktop }, async () => {
  await using desktop = await startDesktop();
  const { electron } = desktop;
  const outcome = await electron.evaluate(async ({ BrowserWindow }, file) => {
    const stranger = new BrowserWindow({ show: false, webPreferences: { preload: file, sandbox: true, contextIsolation: true } });
    await stranger.loadURL('data:text/html,stranger');
    const outcome = await stranger.webContents.executeJavaScript(
      "window.paperplane.call('exportProxies', { ids: 'all', format: 'links' })",
    );
    stranger.destroy();
    return outcome;
  }, preload);
  expect(outcome).toEqual({ ok: false, code: 'bad-request' });
});
