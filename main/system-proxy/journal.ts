import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BackendId, backendIds, type Settings } from './backend.ts';
import type { Change } from './plan.ts';
import { SystemProxyError } from './system-proxy-error.ts';

/** What is needed to restore the system's settings, whatever happens to the program that changed them. */
export interface Journal extends Change {
  readonly backend: BackendId;
  /** The place of the entry that restores at the next login; null: none was written. */
  readonly startEntry: string | null;
}

const version = 1;
const pathIn = (folder: string) => join(folder, 'system-proxy.json');

/** Resolves once the journal is on the disk, whole. It may hold another proxy's password: only this user can read it. */
export async function writeJournal(folder: string, journal: Journal): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeWhole(pathIn(folder), `${JSON.stringify({ version, ...journal }, null, 2)}\n`);
}

/**
 * null: nothing is to be restored. Rejects with `system-proxy-journal` where there is something that is no journal to this version: of a later
 * one, or damaged as after a failure of the disk. That stays: whoever wrote it may still restore from it.
 */
export async function readJournal(folder: string): Promise<Journal | null> {
  const text = await readFile(pathIn(folder), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new SystemProxyError('system-proxy-failed', `journal: ${error.code}`);
  });
  return text === null ? null : parseJournal(parseJson(text));
}

/** Makes room for a new journal where this version cannot read the old one, which is kept under a name that no other has. */
export async function setJournalAside(folder: string): Promise<void> {
  await rename(pathIn(folder), `${pathIn(folder)}.${Date.now()}.unread`);
  await syncFolder(folder);
}

/** Whether something is still to be restored, for those who cannot wait for an answer. */
export const isJournalLeft = (folder: string): boolean => existsSync(pathIn(folder));

export async function removeJournal(folder: string): Promise<void> {
  await rm(pathIn(folder), { force: true });
  await syncFolder(folder);
}

/** One of another version counts where it says all that is needed: of what it means otherwise, the plan writes nothing. */
function parseJournal(read: unknown): Journal {
  const { version: written, backend, previous, ours, isApplied, startEntry } = isRecord(read) ? read : {};
  const id = backendIds.find((known) => known === backend);
  if (id === undefined || !isSettings(previous) || !Array.isArray(ours) || !ours.every(isSettings)) {
    throw new SystemProxyError('system-proxy-journal', `version ${typeof written === 'number' ? written : 'unknown'}`);
  }
  return { backend: id, previous, ours, isApplied: isApplied === true, startEntry: typeof startEntry === 'string' ? startEntry : null };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isSettings = (value: unknown): value is Settings =>
  isRecord(value) && Object.values(value).every((text) => text === null || typeof text === 'string');

/** Resolves once a file of mode 0600 is on the disk, in whose place there is after a crash at any moment either the old one or the new one. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  await syncFolder(dirname(path));
}

/** A rename or removal is on the disk only when its folder is; Windows does that by itself. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
