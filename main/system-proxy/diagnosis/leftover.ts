import { createBackend } from '../backends.ts';
import { type Journal, readJournal } from '../journal.ts';
import { takeOwnership } from '../ownership.ts';
import { planRestoration } from '../plan.ts';
import { type RestoreParts, restoreLeftover } from '../restore.ts';
import { SystemProxyError } from '../system-proxy-error.ts';
import { settingsChange } from './settings-change.ts';
import { type Repairable, withId } from './suspect.ts';

const repairMs = 15_000;

/**
 * What a Paperplane that is no more has left in the system's settings, and what they become when they are restored; null where there is
 * nothing of it. While that Paperplane lives, nothing is left behind.
 */
export async function findLeftover(parts: RestoreParts, signal: AbortSignal): Promise<Repairable | null> {
  try {
    const journal = await readJournal(parts.folder);
    if (journal === null || (await isHeld(parts.folder))) return null;
    return await leftoverOf(journal, parts, signal);
  } catch {
    return null; // it cannot be restored from: what it hides is then found by itself, and turned off
  }
}

async function leftoverOf(journal: Journal, parts: RestoreParts, signal: AbortSignal): Promise<Repairable | null> {
  const backend = createBackend(journal.backend, parts);
  if (backend === null) return null;
  const present = await backend.read(signal);
  const { changes } = planRestoration(journal, present, backend.company);
  if (Object.keys(changes).length === 0) return null;
  return {
    finding: withId({ code: 'proxy-left-behind', place: backend.desktop, change: settingsChange(changes, present) }),
    repair: async () => {
      if ((await restoreLeftover(parts, AbortSignal.timeout(repairMs))) === 'nothing') throw new SystemProxyError('finding-gone');
    },
  };
}

async function isHeld(folder: string): Promise<boolean> {
  try {
    (await takeOwnership(folder, 0)).release();
    return false;
  } catch (error) {
    if (error instanceof SystemProxyError && error.code === 'system-proxy-in-use') return true;
    throw error;
  }
}
