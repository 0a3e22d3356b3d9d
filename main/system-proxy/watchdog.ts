/**
 * A process of its own whose standard input is a pipe from the program. When the program ends, in whatever way, so does the pipe, and what is
 * left in the journal is restored. The argument is the journal's folder. Tools in the middle of a change hold the pipe open too, so nothing is
 * written after the restoration.
 */
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { restoreLeftover } from './restore.ts';
import { run } from './run.ts';
import { SystemProxyError } from './system-proxy-error.ts';

const attempts = 5;
const pauseMs = 200;

async function watch(folder: string): Promise<void> {
  // The end of a session signals every process; when it is our turn the pipe tells.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  process.stdout.on('error', () => {});
  process.stdout.write('ready\n');
  await finished(process.stdin.resume(), { writable: false }).catch(() => undefined);
  for (let attempt = 1; attempt <= attempts; attempt++) {
    try {
      await restoreLeftover({ folder, run, platform: process.platform, env: process.env }, AbortSignal.timeout(10_000));
      return;
    } catch (error) {
      if (error instanceof SystemProxyError && error.code === 'system-proxy-in-use') return; // started again, and at it already
      await sleep(pauseMs); // the next start restores in the end
    }
  }
}

void watch(process.argv[2] ?? '').finally(() => process.exit());
