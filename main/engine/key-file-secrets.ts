import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openBytes, sealBytes } from './aes-gcm.ts';
import { hasCode, nameAside } from './data-folder.ts';
import type { Secrets } from './platform.ts';

const keyBytes = 32;
const context = Buffer.from('paperplane secrets v1');

/**
 * Secrets under AES-256-GCM with a key file of mode 0600 in the data folder, for systems without a key store. It protects what is copied
 * without the key (a backup, a lost database file), not what is read by the same user.
 *
 * The key file is made by the first `seal` and never overwritten; a file that cannot be a key is set aside, not deleted. `open` throws
 * while the key file is missing, damaged or another one, and works again when the right one is put back.
 */
export function createKeyFileSecrets(dataFolder: string): Secrets {
  const path = join(dataFolder, 'paperplane.key');
  return {
    seal: (text) => sealBytes(readKey(path) ?? createKey(path), Buffer.from(text), context).toString('base64'),
    open(sealed) {
      const key = readKey(path);
      if (key === null) throw new Error('there is no usable key file');
      return openBytes(key, Buffer.from(sealed, 'base64'), context).toString();
    },
  };
}

function readKey(path: string): KeyObject | null {
  try {
    const key = readFileSync(path);
    return key.length === keyBytes ? createSecretKey(key) : null;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** On the disk before anything is sealed with it. Cut off half-way, it leaves a file of the wrong size under which nothing is sealed. */
function createKey(path: string): KeyObject {
  if (existsSync(path)) renameSync(path, nameAside(path));
  const key = randomBytes(keyBytes);
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, key);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  syncFolder(dirname(path));
  return createSecretKey(key);
}

/** Makes the new name durable. Windows has no such call and needs none. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
