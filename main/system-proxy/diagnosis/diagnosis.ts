/** "Fix my internet": what on this computer keeps programs from the network, and the exact change that repairs each thing. */
import type { Diagnosis } from '../../../preload/diagnosis.ts';
import type { RestoreParts } from '../restore.ts';
import { SystemProxyError } from '../system-proxy-error.ts';
import { type Folders, readConfigFiles } from './config-files.ts';
import { findInFiles } from './file-suspects.ts';
import { readFirefoxFiles } from './firefox.ts';
import { findLeftover } from './leftover.ts';
import { checkNetwork, type NetworkParts } from './network-checks.ts';
import { findStoredVariables } from './stored-variables.ts';
import { examine, type Verdict } from './suspect.ts';
import { findInSystem } from './system-suspects.ts';
import { findVariables } from './variables.ts';

export interface DiagnosisParts extends RestoreParts, Omit<NetworkParts, 'isDirectAllowed'> {
  readonly folders: Folders;
  readonly isDirectAllowed: () => boolean;
}

const deadlineMs = 30_000;

/** Looks at everything; changes nothing, and connects to nothing but this computer and the way out unless direct connections are allowed. */
export async function diagnose(parts: DiagnosisParts): Promise<Diagnosis> {
  const signal = AbortSignal.timeout(deadlineMs);
  const isDirectAllowed = parts.isDirectAllowed();
  const { repairables, unchecked } = merge(
    await Promise.all([lookAtSettings(parts, signal), checkNetwork({ ...parts, isDirectAllowed }, signal)]),
  );
  return { at: Date.now(), findings: repairables.map(({ finding }) => finding), unchecked };
}

/**
 * Makes exactly the change that was shown under this id. Rejects with `finding-gone` when it would be another one by now, and with
 * `repair-failed`, or what the system's own tool said, when nothing could be changed.
 */
export async function repair(parts: DiagnosisParts, id: string): Promise<void> {
  const { repairables } = await lookAtSettings(parts, AbortSignal.timeout(deadlineMs));
  const found = repairables.find(({ finding }) => finding.id === id);
  if (found === undefined) throw new SystemProxyError('finding-gone');
  if (found.repair === null) throw new SystemProxyError('repair-failed', 'it is for the person to make');
  try {
    await found.repair();
  } catch (error) {
    if (error instanceof SystemProxyError) throw error;
    const errno = error instanceof Error && 'code' in error ? String(error.code) : undefined; // a message has the path, and so the user's name
    throw new SystemProxyError('repair-failed', errno);
  }
}

async function lookAtSettings(parts: DiagnosisParts, signal: AbortSignal): Promise<Verdict> {
  const [leftover, stored, files, firefox] = await Promise.all([
    findLeftover(parts, signal),
    findStoredVariables(parts),
    readConfigFiles(parts.folders),
    readFirefoxFiles(parts),
  ]);
  const system = leftover === null ? await findInSystem(parts, signal) : []; // what it hides shows once it is restored
  const inFiles = findInFiles([...files, ...firefox], parts);
  const suspects = [...(system ?? []), ...findVariables(parts.env, parts.platform), ...stored, ...inFiles];
  const isDirectAllowed = parts.isDirectAllowed();
  const verdicts = await Promise.all(suspects.map((suspect) => examine(suspect, isDirectAllowed, signal)));
  const unreadable: Verdict = { repairables: [], unchecked: [{ check: 'system-proxy', why: 'unsupported' }] };
  const ownVerdict: Verdict = { repairables: leftover === null ? [] : [leftover], unchecked: [] };
  return merge([ownVerdict, ...(system === null ? [unreadable] : []), ...verdicts]);
}

/** In their order; what several say alike is said once. */
function merge(verdicts: readonly Verdict[]): Verdict {
  const unchecked = verdicts.flatMap((verdict) => verdict.unchecked).map((one) => [JSON.stringify(one), one] as const);
  return { repairables: verdicts.flatMap((verdict) => verdict.repairables), unchecked: [...new Map(unchecked).values()] };
}
