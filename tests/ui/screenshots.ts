/** Writes docs/screenshots/: each view of the real program, with real proxies and traffic, light and dark. `npm run screenshots`. */
import { mkdir } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright';
import { findBrowser, hasNpmBrowser, unpackNpmBrowser } from '../rigs/browser.ts';
import { authorityFile, serverCertificate } from '../rigs/certificates.ts';
import { expect } from '../rigs/expect.ts';
import { startForwarder } from '../rigs/fault-forwarder.ts';
import { type Headless, startHeadless } from '../rigs/headless.ts';
import { startHome } from '../rigs/home.ts';
import { startHttpProxy } from '../rigs/http-proxy.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { noSession, openSession } from '../rigs/private-session.ts';
import { startSocks4 } from '../rigs/socks4-server.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';

const folder = path.join(import.meta.dirname, '../../docs/screenshots');
const minuteMs = 60_000;

const named = (link: string, name: string) => `${link}#${encodeURIComponent(name)}`;

/** What a person may have been given: some of it works, some does not, one line is cut short. */
async function startProxies() {
  const rigs = new AsyncDisposableStack();
  const origin = rigs.use(await startHttpOrigin());
  const vera = rigs.use(await startSocks5({ host: '127.84.12.7', username: 'vera', password: 'plane' }));
  const library = rigs.use(await startHttpProxy({ certificate: serverCertificate }));
  const ivan = rigs.use(await startHttpProxy({ host: '127.9.201.40' }));
  const old = rigs.use(await startSocks4({ host: '127.33.8.190' }));
  const slow = rigs.use(await startForwarder(ivan, { dribble: true }));
  const message = [
    `tg://socks?server=127.84.12.7&port=${vera.port}&user=vera&pass=plane`,
    named(`https://localhost:${library.port}`, 'City library'),
    named(`http://127.9.201.40:${ivan.port}`, 'Прокси от Ивана'),
    named(`socks4://127.33.8.190:${old.port}`, 'The old one in the attic'),
    named(`http://127.0.0.1:${slow.port}`, 'Slow but steady'),
    named(`socks5://127.0.0.1:${await refusingPort()}`, '@freeproxies, March'),
    named(`socks5://127.84.12.7:${vera.port}`, 'Vera’s, without the password'),
  ].join('\n');
  const tried = `Hi! Two more, the first may be dead:
socks5://127.0.0.1:${await refusingPort()}
tg://socks?server=127.84.12.7&port=${vera.port}&user=vera&pass=plane
vless://b831381d-6324-4d53-ad4f-8cda48b30811@198.51.100.24:443
socks5://203.0.113.9:99999
Let me know if it works!`;
  return { rigs, origin, message, tried };
}

/** Asks for pages in waves until `signal` aborts. */
async function browse(endpoint: { host: string; port: number }, url: string, signal: AbortSignal): Promise<void> {
  const headers = { host: new URL(url).host, connection: 'close' };
  for (let wave = 0; !signal.aborted; wave++) {
    const size = 4000 + Math.round(3000 * Math.sin(wave / 150)); // the origin sends the path back
    await new Promise<void>((resolve) => {
      const asked = http.request({ host: endpoint.host, port: endpoint.port, method: 'POST', path: url + 'x'.repeat(size), headers });
      asked.once('response', (answer) => answer.resume().once('close', resolve)).once('error', () => resolve());
      asked.end('y'.repeat(700));
    });
    await sleep(15);
  }
}

interface Shot {
  readonly view: 'status' | 'proxies' | 'import' | 'fix';
  readonly width: number;
  readonly prepare?: (page: Page) => Promise<void>;
}

async function shoot(browser: Browser, url: string, shots: readonly Shot[]): Promise<void> {
  const context = await browser.newContext({ locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(url);
  for (const { view, width, prepare } of shots) {
    await page.setViewportSize({ width, height: width < 600 ? 800 : 640 });
    await page.goto(`${new URL(url).origin}/#/${view}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await prepare?.(page);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' }); // or the picture is taken half-way from one to the other
      const name = width < 600 ? `${view}-narrow-${colorScheme}` : `${view}-${colorScheme}`;
      await page.screenshot({ path: path.join(folder, `${name}.png`) });
    }
  }
  await context.close();
}

async function photograph(program: Headless, tried: string): Promise<void> {
  const executablePath = hasNpmBrowser ? await unpackNpmBrowser() : (await findBrowser()).executablePath;
  const browser = await chromium.launch({ executablePath, args: (await findBrowser()).args });
  const fillIn = async (page: Page) => {
    await page.getByRole('textbox').fill(tried);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(page.getByRole('region', { name: 'What was found' })).toBeVisible();
  };
  await shoot(browser, (await program.event('ui')).url as string, [
    { view: 'status', width: 900 },
    { view: 'status', width: 400 },
    { view: 'proxies', width: 900, prepare: (page) => expect(page.getByRole('row').first()).toBeVisible() },
    { view: 'import', width: 900, prepare: fillIn },
    { view: 'fix', width: 900, prepare: (page) => expect(page.getByRole('button', { name: 'Change this' })).toBeVisible() },
  ]);
  await browser.close();
}

const { rigs, origin, message, tried } = await startProxies();
await mkdir(folder, { recursive: true });
const args = ['--ui', '127.0.0.1:0', '--probe', origin.url, '--import', message];
const home = rigs.use(
  await startHome({ 'home/.bashrc': `alias ll='ls -l'\nexport https_proxy=http://vera:plane@127.0.0.1:${await refusingPort()}\n` }),
);
// The whole system goes through it where there is one: a desktop's session of its own.
const session = noSession() === false ? rigs.use(await openSession()) : null;
const program = await startHeadless([...args, ...(session === null ? [] : ['--system-proxy'])], {
  env: { ...session?.env, NODE_EXTRA_CA_CERTS: authorityFile, HOME: home.folders.home },
});
await program.state((state) => state.status === 'ready' && state.testing === null);
const browsing = new AbortController();
const traffic = [1, 2, 3].map(async () => browse(await program.endpoint(), origin.url, browsing.signal));
await sleep(minuteMs); // the graph shows one minute
await photograph(program, tried);
browsing.abort();
await Promise.all(traffic);
await program.end();
await rigs.disposeAsync();
