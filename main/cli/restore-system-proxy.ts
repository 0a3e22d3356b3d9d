import { errors } from '../../renderer/locales/en-codes.ts';
import { defaultDataFolder } from '../engine/data-folder.ts';
import { errorCode } from '../engine/errors.ts';
import { type RestoreOutcome, restoreLeftover } from '../system-proxy/restore.ts';
import { run } from '../system-proxy/run.ts';
import type { Report } from './report.ts';

const deadlineMs = 20_000;

const sentences: Readonly<Record<RestoreOutcome, string>> = {
  nothing: 'There is nothing to restore: no Paperplane has left the system’s proxy setting changed.',
  restored: 'The system’s proxy setting is again as it was before Paperplane changed it.',
  'left-alone': 'The system’s proxy setting is again as it was, but for what another program has changed meanwhile.',
};

/** `--restore-system-proxy`. Gives the exit code: 0 everything of ours is gone, 1 it could not be restored. Never rejects. */
export async function restoreSystemProxy(report: Report): Promise<number> {
  try {
    const parts = { folder: defaultDataFolder(), run, platform: process.platform, env: process.env };
    const outcome = await restoreLeftover(parts, AbortSignal.timeout(deadlineMs));
    report.restored(outcome, sentences[outcome]);
    return 0;
  } catch (error) {
    process.stderr.write(`${errors[errorCode(error)]}\n`);
    return 1;
  }
}
