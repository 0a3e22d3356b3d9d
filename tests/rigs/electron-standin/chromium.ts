import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, type BrowserContext, chromium } from 'playwright';
import { findBrowser } from '../browser.ts';
import { patienceMs } from '../patience.ts';
import { systemLanguages, wantedLanguage } from './languages.ts';

export interface Chromium {
  readonly webSocket: string;
  readonly context: BrowserContext;
  /** Ends Chromium and removes its profile. */
  stop(): Promise<void>;
}

const stopMs = 2000;

/** Starts a Chromium without a window and connects to it. It ends with this process, however this process ends. */
export async function startChromium(): Promise<Chromium> {
  const { executablePath, args } = await findBrowser();
  const profile = mkdtempSync(path.join(tmpdir(), 'electron-stand-in-'));
  // With --remote-debugging-pipe Chromium ends when its fd 3 closes, so nothing stays behind even after kill -9.
  const child = spawn(
    executablePath,
    [
      ...args,
      '--headless=new',
      '--no-startup-window',
      `--accept-lang=${[wantedLanguage(), ...systemLanguages].join(',')}`,
      '--remote-debugging-port=0',
      '--remote-debugging-pipe',
      `--user-data-dir=${profile}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'] },
  );
  const exited = once(child, 'exit');
  const stop = async (browser?: Browser) => {
    // Asked first, so that no process of Chromium's is left writing into the folder that is removed.
    await browser
      ?.newBrowserCDPSession()
      .then((session) => session.send('Browser.close'))
      .catch(() => undefined);
    await Promise.race([exited, sleep(browser ? stopMs : 0)]);
    child.kill('SIGKILL');
    await exited;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  const webSocket = await Promise.race([
    readWebSocket(child.stderr),
    exited.then(() => undefined),
    sleep(patienceMs, undefined, { ref: false }),
  ]);
  if (webSocket === undefined) {
    await stop();
    throw new Error(`stand-in: ${executablePath} did not start`);
  }
  const browser = await chromium.connectOverCDP(webSocket);
  const [context] = browser.contexts();
  if (context === undefined) throw new Error('stand-in: Chromium has no default context');
  return { webSocket, context, stop: () => stop(browser) };
}

async function readWebSocket(stderr: Readable | null): Promise<string | undefined> {
  if (stderr === null) return undefined;
  for await (const line of createInterface({ input: stderr })) {
    const found = /^DevTools listening on (ws:\S+)$/.exec(line)?.[1];
    if (found !== undefined) {
      stderr.resume(); // a full pipe would stop Chromium
      return found;
    }
  }
  return undefined;
}
