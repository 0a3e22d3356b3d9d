import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { SystemProxyError } from './system-proxy-error.ts';

const startMs = 10_000; // a cold start from a slow disk
const endMs = 1000;

/** The watchdog as the program sees it. */
export interface Guard {
  /** Resolves once a watchdog is on its guard; rejects with `system-proxy-unguarded`. */
  ensure(): Promise<void>;
  /** The pipe by whose end the watchdog knows that we are gone. */
  pipe(): Duplex | undefined;
  /** Lets the watchdog go; it restores what is still in the journal. */
  end(): Promise<void>;
  /** The same, without waiting. */
  endNow(): void;
}

interface GuardOptions {
  readonly watchdog: string; // its file
  readonly folder: string; // the journal's
  readonly env: NodeJS.ProcessEnv;
  readonly onLost: () => void;
}

/** The watchdog runs on this very program as plain Node, out of reach of our terminal. */
export function createGuard({ watchdog, folder, env, onLost }: GuardOptions): Guard {
  let child: ChildProcess | undefined;
  const start = async () => {
    const started = spawn(process.execPath, [watchdog, folder], {
      detached: true,
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...env, ELECTRON_RUN_AS_NODE: '1' },
    });
    const { stdin, stdout } = started;
    stdin.on('error', () => {}); // it has ended
    try {
      await Promise.race([once(stdout, 'data', { signal: AbortSignal.timeout(startMs) }), failOnExit(started)]);
    } catch {
      started.kill('SIGKILL');
      throw new SystemProxyError('system-proxy-unguarded');
    }
    stdout.destroy();
    started.unref();
    if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref(); // neither keeps us from ending
    started.once('exit', () => {
      if (child !== started) return;
      child = undefined;
      onLost();
    });
    child = started;
  };
  return {
    async ensure() {
      if (child === undefined) await start();
    },
    pipe: () => (child?.stdin as Duplex | null | undefined) ?? undefined,
    async end() {
      const ending = child;
      child = undefined;
      if (ending === undefined) return;
      const exited = once(ending, 'exit', { signal: AbortSignal.timeout(endMs) });
      ending.ref();
      ending.stdin?.end();
      await exited.catch(() => undefined); // it is busy restoring; it ends by itself
      ending.unref();
    },
    endNow() {
      const ending = child;
      child = undefined;
      ending?.stdin?.destroy(); // closes at once, where `end` would write what is left first
    },
  };
}

async function failOnExit(child: ChildProcess): Promise<never> {
  await once(child, 'exit'); // rejects where there is no such program
  throw new Error('ended');
}
