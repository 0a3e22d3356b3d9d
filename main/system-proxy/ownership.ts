import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { SystemProxyError } from './system-proxy-error.ts';

const patienceMs = 2000;
const pauseMs = 20;
const sqliteBusy = 5;

export interface Ownership {
  /** More than once does no harm. */
  release(): void;
}

/**
 * The right to change the system's setting and the journal: one process of this user has it at a time. The lock is SQLite's own on an empty
 * file: it works on every system, and the system lets go of it when the process ends in whatever way. A process that restores has it for a
 * moment, so this waits (two seconds unless told) before it rejects with `system-proxy-in-use`.
 */
export async function takeOwnership(folder: string, waitMs = patienceMs): Promise<Ownership> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const deadline = performance.now() + waitMs;
  for (;;) {
    const ownership = tryToOwn(join(folder, 'system-proxy.lock'));
    if (ownership !== null) return ownership;
    if (performance.now() >= deadline) throw new SystemProxyError('system-proxy-in-use');
    await sleep(pauseMs);
  }
}

function tryToOwn(path: string): Ownership | null {
  const file = new DatabaseSync(path);
  try {
    file.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return { release: () => file.isOpen && file.close() };
  } catch (error) {
    file.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) return null;
    throw error;
  }
}
