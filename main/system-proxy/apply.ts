import type { Backend, Target } from './backend.ts';
import { type Journal, readJournal, setJournalAside, writeJournal } from './journal.ts';
import { differences, planRestoration } from './plan.ts';
import { type RestoreParts, restore } from './restore.ts';
import type { StartEntry } from './start-entry.ts';
import { SystemProxyError } from './system-proxy-error.ts';

const restoreMs = 10_000;

export interface ApplyParts extends RestoreParts {
  /** What restores at the next login, should the power fail; `write` never rejects. null: nothing does. */
  readonly startEntry: (Pick<StartEntry, 'place'> & { write(signal: AbortSignal): Promise<void> }) | null;
}

/**
 * Makes the system use the target: writes the journal, the start entry and then the settings, reads them back, and gives the journal. Where
 * that fails, what was changed is restored and it rejects with SystemProxyError. The caller has the ownership.
 *
 * A journal that is there already stays true: what restoring would give now counts as what was before, so that our own values never do.
 */
export async function apply(backend: Backend, target: Target, parts: ApplyParts, signal: AbortSignal): Promise<Journal> {
  const { folder, startEntry } = parts;
  const [present, old] = await Promise.all([backend.read(signal), readOldJournal(folder)]);
  if (old !== null && old.backend !== backend.id) throw new SystemProxyError('system-proxy-failed', `${old.backend} is not restored yet`);
  const previous = old === null ? present : { ...present, ...planRestoration(old, present, backend.company).changes };
  const ours = backend.wanted(target, previous);
  const journal: Journal = {
    backend: backend.id,
    previous,
    ours: [...(old?.ours.slice(-1) ?? []), ours],
    isApplied: false,
    startEntry: startEntry?.place ?? null,
  };
  await writeJournal(folder, journal);
  try {
    await startEntry?.write(signal);
    signal.throwIfAborted(); // somebody else restores already
    await backend.write(differences({ ...previous, ...ours }, present), signal);
    const now = await backend.read(signal);
    const missed = Object.keys(differences(ours, now)).filter((name) => Object.hasOwn(now, name));
    if (missed.length > 0) throw new SystemProxyError('system-proxy-failed', `not as written: ${missed.join(', ')}`);
    const applied = { ...journal, ours: [ours], isApplied: true };
    await writeJournal(folder, applied);
    return applied;
  } catch (error) {
    await restore(backend, journal, parts, AbortSignal.timeout(restoreMs)); // the time for the change itself may be up
    throw error;
  }
}

/** One that cannot be read has been told of at the start, and must not keep the switch from working for ever. */
async function readOldJournal(folder: string): Promise<Journal | null> {
  try {
    return await readJournal(folder);
  } catch (error) {
    if (!(error instanceof SystemProxyError && error.code === 'system-proxy-journal')) throw error;
    await setJournalAside(folder);
    return null;
  }
}
