import type { Backend, BackendParts, Settings } from './backend.ts';
import { createBackend } from './backends.ts';
import { isJournalLeft, type Journal, readJournal, removeJournal, writeJournal } from './journal.ts';
import { takeOwnership } from './ownership.ts';
import { planRestoration, type Restoration } from './plan.ts';
import { findStartEntry } from './start-entry.ts';
import { SystemProxyError } from './system-proxy-error.ts';

export interface RestoreParts extends BackendParts {
  /** Where the journal is. */
  readonly folder: string;
}

/** `nothing`: no journal was left. `left-alone`: restored but for what another program has changed meanwhile. */
export type RestoreOutcome = 'nothing' | 'restored' | 'left-alone';

/**
 * Restores what a program that is no more has left. Rejects with SystemProxyError: `system-proxy-in-use` where that program lives,
 * `system-proxy-journal` where its journal cannot be read; whatever goes wrong, the journal stays for the next attempt.
 */
export async function restoreLeftover(parts: RestoreParts, signal: AbortSignal): Promise<RestoreOutcome> {
  const startEntry = findStartEntry(parts);
  if (!isJournalLeft(parts.folder) && !startEntry.isLeft()) return 'nothing';
  const ownership = await takeOwnership(parts.folder);
  try {
    const journal = await readJournal(parts.folder); // someone else may have been faster
    if (journal === null) {
      await startEntry.remove(signal); // whoever wrote it died before it came to the settings, or after them
      return 'nothing';
    }
    const backend = createBackend(journal.backend, parts);
    if (backend === null) throw new SystemProxyError('system-proxy-unsupported', journal.backend);
    return (await restore(backend, journal, parts, signal)) ? 'restored' : 'left-alone';
  } finally {
    ownership.release();
  }
}

/**
 * Writes back what is still ours, reads it back, and only then forgets the start entry and the journal. Tells whether that was everything; rejects with
 * `system-proxy-not-restored` where the system does not take it. The caller has the ownership.
 */
export async function restore(backend: Backend, journal: Journal, parts: RestoreParts, signal: AbortSignal): Promise<boolean> {
  try {
    return await writeBack(backend, journal, parts, signal);
  } catch (error) {
    const isRefused = error instanceof SystemProxyError && error.code === 'system-proxy-failed';
    throw isRefused ? new SystemProxyError('system-proxy-not-restored', error.message) : error;
  }
}

async function writeBack(backend: Backend, journal: Journal, parts: RestoreParts, signal: AbortSignal): Promise<boolean> {
  const { changes, leftAlone } =
    (await planAtOnce(backend, journal, signal)) ?? planRestoration(journal, await backend.read(signal), backend.company);
  if (Object.keys(changes).length > 0) {
    const decided: Journal = { ...journal, ours: journal.ours.map((set) => pick(set, changes)), isApplied: false };
    await writeJournal(parts.folder, decided); // a second attempt, from the middle of the first, could not tell any more
    await backend.write(changes, signal);
    const rest = Object.keys(planRestoration(decided, await backend.read(signal), backend.company).changes);
    if (rest.length > 0) throw new SystemProxyError('system-proxy-failed', `not restored: ${rest.join(', ')}`);
  }
  if (journal.startEntry !== null) await findStartEntry(parts, journal.startEntry).remove(signal);
  await removeJournal(parts.folder);
  return leftAlone.length === 0;
}

/** null where a glimpse does not show all that we set, or anything that may be somebody else's: that is looked at thoroughly. */
async function planAtOnce(backend: Backend, journal: Journal, signal: AbortSignal): Promise<Restoration | null> {
  const present = await backend.glimpse?.(signal);
  if (!present || !journal.ours.flatMap(Object.keys).every((name) => Object.hasOwn(present, name))) return null;
  const plan = planRestoration(journal, present, backend.company);
  return plan.leftAlone.length === 0 ? plan : null;
}

const pick = (settings: Settings, names: Settings): Settings =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => Object.hasOwn(names, name)));
