import { constants } from 'node:fs';
import { copyFile, open, realpath, rename, rm } from 'node:fs/promises';
import { SystemProxyError } from '../system-proxy-error.ts';
import { readSmallFile } from './config-files.ts';

export const backupEnding = '.paperplane-backup';

interface LineChange {
  readonly path: string;
  readonly number: number; // from 1
  readonly text: string; // what stands there now, without the line's end
  readonly off: string; // what is put before it
}

/**
 * Puts `off` before one line. The file as it was is kept beside it under a name that no other has (`NAME.paperplane-backup`, else with a
 * number); the new one is written beside it, synced and renamed into its place, with the same owner, group and rights. Returns the kept file's
 * path. Rejects, and has changed nothing, when the system refuses, or with `finding-gone` when the line is no longer what it was.
 */
export async function commentOut(change: LineChange): Promise<string> {
  const path = await realpath(change.path);
  const { text, uid, gid, mode } = await readSmallFile(path);
  const lines = text.split('\n');
  const line = lines[change.number - 1];
  if (line?.replace(/\r$/, '') !== change.text) throw new SystemProxyError('finding-gone');
  lines[change.number - 1] = change.off + line;
  const backup = await keep(path);
  const fresh = `${path}.paperplane-${process.pid}-new`;
  try {
    const file = await open(fresh, 'wx', mode & 0o777);
    try {
      await file.chmod(mode & 0o7777);
      await file.chown(uid, gid);
      await file.writeFile(lines.join('\n'), 'latin1');
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    await rm(backup, { force: true });
    throw error;
  }
  return backup;
}

async function keep(path: string): Promise<string> {
  for (let count = 1; ; count++) {
    const backup = `${path}${count === 1 ? '' : `.${count}`}${backupEnding}`;
    try {
      await copyFile(path, backup, constants.COPYFILE_EXCL);
      return backup;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
}
