import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { EngineError } from './errors.ts';

/** Where this system expects a program's data: XDG base directory on Linux, Application Support on macOS, AppData on Windows. */
export function defaultDataFolder(system: NodeJS.Platform = process.platform, env: NodeJS.ProcessEnv = process.env): string {
  if (system === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Paperplane');
  if (system === 'win32') return join(env.APPDATA || join(homedir(), 'AppData', 'Roaming'), 'Paperplane');
  // The XDG specification wants a relative path ignored.
  const xdg = env.XDG_DATA_HOME;
  return join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.local', 'share'), 'paperplane');
}

/**
 * Makes the folder where it is missing and takes other users' access away. A folder that everybody may write to, such as /tmp, is shared
 * on purpose and refused, because tightening it would break other programs. Throws `data-folder-unusable`.
 */
export function prepareDataFolder(folder: string): void {
  try {
    makeFolder(folder);
    const { mode } = statSync(folder);
    if (mode & 0o1000) throw new EngineError('data-folder-unusable', 'the folder is shared with other users');
    if (mode & 0o077) chmodSync(folder, 0o700);
  } catch (error) {
    throw asUnusable(error);
  }
}

/** Not by `recursive`, which never ends where the system will not have a folder and says that its parent is missing: /proc, automounted ones. */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(folder);
  if (parent !== folder && !existsSync(parent)) makeFolder(parent);
  mkdirSync(folder, { mode: 0o700 });
}

/**
 * Makes an empty file of mode 0600, or tightens the one that is there. An existing file is deliberately not opened: closing it would drop
 * the POSIX locks that SQLite holds on it in this process.
 */
export function ensurePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw asUnusable(error);
    if (statSync(path).mode & 0o077) chmodSync(path, 0o600);
  }
}

/** A name, beside `path`, for a file that cannot be read and must not be lost. No file has this name with any of the suffixes yet. */
export function nameAside(path: string, suffixes: readonly string[] = ['']): string {
  for (let at = Date.now(); ; at++) {
    const name = `${path}.unreadable-${new Date(at).toISOString().replaceAll(':', '-')}`;
    if (!suffixes.some((suffix) => existsSync(name + suffix))) return name;
  }
}

/** An errno says enough for a log; the message with the path would add the user's name. */
export function asUnusable(error: unknown): unknown {
  if (error instanceof EngineError || !(error instanceof Error && 'errno' in error && 'code' in error)) return error;
  return new EngineError('data-folder-unusable', String(error.code));
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
