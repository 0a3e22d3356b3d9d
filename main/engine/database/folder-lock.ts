import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ensurePrivateFile } from '../data-folder.ts';
import { EngineError } from '../errors.ts';
import { isBusy } from './sqlite.ts';

/**
 * Takes the data folder for this process, or throws `data-folder-in-use`. The lock is SQLite's own on an empty file beside the database:
 * it works on every system, and the system lets go of it when the process ends in whatever way, so that no stale lock can be left.
 */
export function lockFolder(folder: string): { release(): void } {
  const path = join(folder, 'paperplane.lock');
  ensurePrivateFile(path);
  const file = new DatabaseSync(path);
  try {
    file.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    file.close();
    throw isBusy(error) ? new EngineError('data-folder-in-use') : error;
  }
  return { release: () => file.close() };
}
