/**
 * A process of its own whose standard input is a pipe from the program. When the program ends, in whatever way, so does the pipe, and what is
 * left in the journal is restored. The argument is the journal's folder. Tools in the middle of a change hold the pipe open too, so nothing is
 * written after the restoration. Started at login, after the power has failed, it has nobody to watch and restores at once.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { restoreLeftover } from './restore.ts';
import { run } from './run.ts';
import { atLogin } from './start-command.ts';
import { SystemProxyError, type SystemProxyErrorCode } from './system-proxy-error.ts';

const attempts = 3;
const pauseMs = 150;
/** The program has been started again and is at it already; or it is for the next start to tell of. */
const hopeless: readonly SystemProxyErrorCode[] = ['system-proxy-in-use', 'system-proxy-journal'];
/** Third argument of a watchdog that has a session bus of its own. */
const ownBus = 'own-bus';

async function watch(script: string, folder: string, mode: string | undefined): Promise<void> {
  // The end of a session signals every process; when it is our turn the pipe tells.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  if (mode !== atLogin) await programEnds();
  if (await isRestored(folder)) return;
  if (process.platform === 'linux' && mode !== ownBus) await watchWithOwnBus(script, folder);
}

async function programEnds(): Promise<void> {
  process.stdout.on('error', () => {});
  process.stdout.write('ready\n');
  await finished(process.stdin.resume(), { writable: false }).catch(() => undefined);
}

/** Whether nothing more is to be done, after a few attempts. Else the next start restores. */
async function isRestored(folder: string): Promise<boolean> {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      await restoreLeftover({ folder, run, platform: process.platform, env: process.env }, AbortSignal.timeout(10_000));
      return true;
    } catch (error) {
      if (error instanceof SystemProxyError && hopeless.includes(error.code)) return true;
      await sleep(pauseMs);
    }
  }
  return false;
}

/** The end of a session may take the session bus away before it is our turn, and without one GNOME's tools change nothing. */
async function watchWithOwnBus(script: string, folder: string): Promise<void> {
  const session = spawn('dbus-run-session', ['--', process.execPath, script, folder, ownBus], { stdio: 'ignore' });
  await once(session, 'close').catch(() => undefined); // it is not installed
}

const [, script = '', folder = '', mode] = process.argv;
void watch(script, folder, mode).finally(() => process.exit());
