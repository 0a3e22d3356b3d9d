import type { DatabaseSync } from 'node:sqlite';
import { asUnusable } from '../data-folder.ts';
import { EngineError } from '../errors.ts';

/** SQLite's primary result codes that are told apart here (https://www.sqlite.org/rescode.html). */
const resultCodes = { busy: 5, corrupt: 11, notADatabase: 26 } as const;

/** The primary result code of an error that node:sqlite threw; null for any other error. */
function resultCode(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : null;
}

/** SQLite could read the file but found it damaged. */
export class DamagedFileError extends Error {}

/** Whether the file's bytes are no sound database, as opposed to a file that cannot be reached. */
export function isUnreadable(error: unknown): boolean {
  const code = resultCode(error);
  return error instanceof DamagedFileError || code === resultCodes.corrupt || code === resultCodes.notADatabase;
}

export function isBusy(error: unknown): boolean {
  return resultCode(error) === resultCodes.busy;
}

/** Runs `work`; what SQLite or the file system throws leaves as `data-folder-unusable` (full, read-only, damaged, no access). */
export function storing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (resultCode(error) === null) throw asUnusable(error);
    throw new EngineError('data-folder-unusable', error instanceof Error ? error.message : undefined);
  }
}

/** All or nothing, and durable when it returns. */
export function inTransaction<T>(sql: DatabaseSync, work: () => T): T {
  sql.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    sql.exec('COMMIT');
    return result;
  } catch (error) {
    if (sql.isTransaction) sql.exec('ROLLBACK');
    throw error;
  }
}
