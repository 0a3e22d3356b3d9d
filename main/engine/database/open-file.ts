import { closeSync, existsSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { ensurePrivateFile, nameAside } from '../data-folder.ts';
import { migrate, refuseNewer } from './schema.ts';
import { DamagedFileError, isUnreadable } from './sqlite.ts';

/** The files that belong to one SQLite database. The database itself comes last: see `setFileAside`. */
const suffixes = ['-wal', '-shm', '-journal', ''] as const;
const busyTimeoutMs = 5000;

/** The opened database; `setAside` is the path to which an unreadable file was moved first. */
export interface OpenedFile {
  readonly sql: DatabaseSync;
  readonly setAside: string | null;
}

/** Opens the database file or makes a new one. Throws SQLite's errors and `database-too-new`. The caller holds the folder's lock. */
export function openFile(path: string): OpenedFile {
  if (!hasNoHeader(path)) {
    try {
      return { sql: open(path), setAside: null };
    } catch (error) {
      if (!isUnreadable(error)) throw error;
    }
  }
  const setAside = setFileAside(path);
  return { sql: open(path), setAside };
}

function open(path: string): DatabaseSync {
  ensurePrivateFile(path);
  const sql = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    refuseNewer(sql);
    // FULL: a commit is on the disk when it returns, also when the power fails. fullfsync: on macOS only this reaches the disk itself.
    sql.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA journal_mode = WAL');
    refuseDamaged(sql);
    migrate(sql);
    return sql;
  } catch (error) {
    sql.close();
    throw error;
  }
}

/** Without this look, damage would show only when something happens to read the damaged page. */
function refuseDamaged(sql: DatabaseSync): void {
  const verdict = sql.prepare('PRAGMA quick_check(1)').get()?.quick_check;
  if (verdict !== 'ok') throw new DamagedFileError('quick_check failed');
}

/**
 * Looks before SQLite does, which would delete the write-ahead log of a database that is gone, empty or of another format, and with it
 * links that were reported as imported. Every sound file begins so: https://www.sqlite.org/fileformat.html#the_database_header.
 */
function hasNoHeader(path: string): boolean {
  if (sizeOf(path) === 0) return sizeOf(`${path}-wal`) > 0;
  const header = Buffer.alloc(16);
  const file = openSync(path, 'r');
  try {
    readSync(file, header);
  } finally {
    closeSync(file);
  }
  return header.toString('latin1') !== 'SQLite format 3\0';
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The database goes last: cut off half-way, the next start finds it still there and sets it aside too. */
function setFileAside(path: string): string {
  const aside = nameAside(path, suffixes);
  for (const suffix of suffixes) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  return aside;
}
