import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { findDesktopBrowser } from './browser.ts';

/** Why there are no tabs here, or false: all pages of the browser that comes from npm are shown at once. */
export const noTabs: string | false = (await findDesktopBrowser()) === null && 'there is no Chrome or Chromium with tabs';

export interface Tab {
  /** Brings the tab to the front, which hides the others. */
  show(): Promise<void>;
  /** The value of an expression in its page. */
  evaluate(expression: string): Promise<unknown>;
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** The system's browser with real tabs. Playwright makes every page believe that it is shown, so this speaks the DevTools protocol itself. */
export async function openTabs() {
  const found = await findDesktopBrowser();
  if (found === null) throw new Error('there is no Chrome or Chromium');
  const profile = await mkdtemp(join(tmpdir(), 'paperplane-tabs-'));
  const switches = [...found.args, '--headless=new', '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'];
  const browser = spawn(found.executablePath, switches, { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(browser, 'exit');
  const socket = new WebSocket(await readAddress(browser.stderr));
  await once(socket, 'open');
  const waiting = new Map<number, (answer: Answer) => void>();
  socket.on('message', (data) => {
    const answer: Answer = JSON.parse(String(data));
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
  });
  let asked = 0;
  const ask = async (method: string, params: object, sessionId?: string): Promise<unknown> => {
    const id = ++asked;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    waiting.set(id, resolve);
    socket.send(JSON.stringify({ id, method, params, sessionId }));
    const { result, error } = await promise;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  return {
    /** Opens a tab in front. */
    async open(url: string): Promise<Tab> {
      const { targetId } = (await ask('Target.createTarget', { url })) as { targetId: string };
      const { sessionId } = (await ask('Target.attachToTarget', { targetId, flatten: true })) as { sessionId: string };
      return {
        show: async () => void (await ask('Target.activateTarget', { targetId })),
        async evaluate(expression) {
          const params = { expression, awaitPromise: true, returnByValue: true };
          return ((await ask('Runtime.evaluate', params, sessionId)) as { result: { value: unknown } }).result.value;
        },
      };
    },
    async [Symbol.asyncDispose]() {
      socket.terminate();
      browser.kill('SIGKILL');
      await exited;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function readAddress(stderr: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stderr })) {
    const address = /^DevTools listening on (ws:\S+)$/.exec(line)?.[1];
    if (address === undefined) continue;
    stderr.resume(); // a full pipe would stop it
    return address;
  }
  throw new Error('the browser did not start');
}
