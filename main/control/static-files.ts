import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { getMimeType } from 'hono/utils/mime';

export interface StaticFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/**
 * Plain names only, as the build makes them. Nothing is ever decoded, so percent signs, backslashes, colons and null bytes end here, and
 * a name that starts with a dot (`.`, `..`, hidden files) does too.
 */
const plainPath = /^(?:\/[\w-][\w.-]*)+$/;

/**
 * Reads the file below the absolute `folder` that a request's path names; `/` is index.html. null where there is none, also when a link
 * leads out of the folder.
 */
export async function readStaticFile(folder: string, urlPath: string): Promise<StaticFile | null> {
  const name = urlPath === '/' ? '/index.html' : urlPath;
  if (!plainPath.test(name)) return null;
  try {
    const root = await realpath(folder);
    const file = await realpath(path.join(root, name));
    if (!file.startsWith(root + path.sep)) return null;
    return { bytes: await readFile(file), type: getMimeType(name) ?? 'application/octet-stream' };
  } catch {
    return null; // not there, a folder, not readable: all the same to a browser
  }
}
