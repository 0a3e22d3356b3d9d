/** The packaged program with its files in the asar and its fuses set: PAPERPLANE_PACKAGED=yes, after `npm run package`. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { chromium } from 'playwright';
import { expect } from '../rigs/expect.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import '../rigs/desktop.ts'; // the type of window.paperplane

assertNothingLeftOpen();

const out = path.join(import.meta.dirname, '../../out');

/** The program as it lies in the folder that the packages are made from, for this computer's processor. */
async function findProgram(): Promise<string> {
  const folders = await readdir(out);
  const named = (start: string) =>
    folders.find((name) => name === `${start}-${process.arch}`) ?? folders.find((name) => name === start) ?? start;
  if (process.platform === 'darwin') return path.join(out, named('mac'), 'Paperplane.app/Contents/MacOS/Paperplane');
  if (process.platform === 'win32') return path.join(out, 'win-unpacked/Paperplane.exe');
  return path.join(out, 'linux-unpacked/paperplane');
}

async function readWebSocket(stderr: NodeJS.ReadableStream): Promise<string> {
  const lines = createInterface({ input: stderr });
  for await (const line of lines) {
    const found = /^DevTools listening on (ws:\S+)$/.exec(line.trim())?.[1];
    if (found !== undefined) return found;
  }
  throw new Error('the program ended before it listened');
}

const skip = process.env.PAPERPLANE_PACKAGED !== 'yes' && 'PAPERPLANE_PACKAGED=yes runs it, after npm run package';

test('the packaged program starts, shows the interface and answers it', { skip }, async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'paperplane-packaged-'));
  const switches = ['--remote-debugging-port=0', ...(process.platform === 'linux' ? ['--no-sandbox'] : [])];
  const program = spawn(await findProgram(), [...switches, '--data', folder, '--listen', '127.0.0.1:0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const exited = once(program, 'exit');
  try {
    const browser = await chromium.connectOverCDP(await readWebSocket(program.stderr));
    program.stderr.resume();
    const [context] = browser.contexts();
    const page = context?.pages()[0] ?? (await context?.waitForEvent('page'));
    if (page === undefined) throw new Error('the program has no window');
    await expect(page.getByRole('navigation')).toBeVisible();
    expect(page.url()).toBe('app://paperplane/');
    const answer = await page.evaluate(() => window.paperplane.call('listProxies', { offset: 0, limit: 1 }));
    expect(answer).toEqual({ ok: true, value: { total: 0, rows: [] } });
    await browser.close();
  } finally {
    program.kill();
    const [code] = await exited;
    if (process.platform !== 'win32') expect(code).toBe(0);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});

test('what restores at the next login runs from the package, and ends where there is nothing to do', { skip }, async () => {
  const program = await findProgram();
  const folder = await mkdtemp(path.join(tmpdir(), 'paperplane-packaged-'));
  const resources = path.join(path.dirname(program), process.platform === 'darwin' ? '../Resources' : 'resources');
  const watchdog = path.join(resources, 'app.asar/dist/watchdog/watchdog.cjs');
  const start = (args: readonly string[], env: NodeJS.ProcessEnv) =>
    promisify(execFile)(program, args, { env: { ...process.env, APPDATA: folder, XDG_DATA_HOME: folder, ...env } }); // fails unless it ends with 0
  try {
    expect((await start([watchdog, folder, 'at-login'], { ELECTRON_RUN_AS_NODE: '1' })).stdout).toBe('');
    await start([...(process.platform === 'linux' ? ['--no-sandbox'] : []), '--restore-system-proxy'], {});
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});
