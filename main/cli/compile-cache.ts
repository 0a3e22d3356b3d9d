/**
 * Loaded before the program's own modules: keeps them compiled and stripped of their types in the data folder, which halves what a start
 * costs. What is kept is code that will be run, so it is kept only in a folder that is this user's alone; it is never made here. A cache
 * that is damaged or cannot be written is done without.
 */
import { mkdirSync, statSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultDataFolder } from '../engine/data-folder.ts';

function isPrivate(folder: string): boolean {
  const { uid, mode } = statSync(folder);
  return process.platform === 'win32' || (uid === process.getuid?.() && (mode & 0o077) === 0);
}

try {
  const { values } = parseArgs({ strict: false, options: { data: { type: 'string' } } });
  const dataFolder = typeof values.data === 'string' ? resolve(values.data.trim()) : defaultDataFolder();
  const cache = join(dataFolder, 'compiled');
  if (isPrivate(dataFolder)) {
    mkdirSync(cache, { recursive: true, mode: 0o700 });
    if (isPrivate(cache)) enableCompileCache(cache);
  }
} catch {
  // See above.
}
