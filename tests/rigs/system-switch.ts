import assert from 'node:assert/strict';
import { join } from 'node:path';
import { run } from '../../main/system-proxy/run.ts';
import { createSystemProxy, type SystemProxyParts } from '../../main/system-proxy/system-proxy.ts';
import type { SystemProxyState } from '../../preload/system-proxy.ts';
import type { PrivateSession } from './private-session.ts';

const watchdog = join(import.meta.dirname, '../../main/system-proxy/watchdog.ts');
const restoreCommand = [process.execPath, join(import.meta.dirname, '../../main/headless.ts'), '--restore-system-proxy'];

/** A started switch in that session, without an engine; `await using` stops it. */
export async function startSwitch(session: Pick<PrivateSession, 'folder' | 'env'>, parts: Partial<SystemProxyParts> = {}) {
  let state: SystemProxyState | undefined;
  const watchers = new Set<(state: SystemProxyState) => void>();
  const failures: unknown[] = [];
  const { commands, start, stop, wake, restoreNow } = createSystemProxy({
    folder: session.folder,
    watchdog,
    restoreCommand,
    endpoint: () => ({ host: '127.0.0.1', port: 2018 }),
    run,
    platform: 'linux',
    env: session.env,
    log: (what, error) => failures.push([what, error]),
    onChange(next) {
      state = next;
      for (const watch of watchers) watch(next);
    },
    ...parts,
  });
  const now = (): SystemProxyState => {
    assert.ok(state);
    return state;
  };
  await start();
  return {
    commands,
    failures,
    stop,
    wake,
    restoreNow,
    state: now,
    turn: (on: boolean) => commands.setSystemProxy({ on }),
    /** The first state, present or future, that `matches`. */
    until: (matches: (state: SystemProxyState) => boolean) =>
      new Promise<SystemProxyState>((resolve) => {
        const alive = setInterval(() => {}, 1000); // all that the switch itself waits for lets a program end
        const watch = (next: SystemProxyState) => {
          if (!matches(next)) return;
          watchers.delete(watch);
          clearInterval(alive);
          resolve(next);
        };
        watchers.add(watch);
        watch(now());
      }),
    [Symbol.asyncDispose]: stop,
  };
}
