import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { safeStorage } from 'electron';

const keyBytes = 32;

/**
 * A 32-byte key that only this user's keyring (Keychain, DPAPI, Secret Service, KWallet) can open; sealed by it, the key lives in `file`
 * and is made by the first call. To be called once Electron is ready. One key instead of every secret, because the keyring is slow and
 * asynchronous.
 *
 * null where there is no keyring, or where it does not open the file: it may be locked, or belong to another desktop or computer. The
 * file is then left as it is, for the day when the right keyring is back.
 */
export async function readKeyringKey(file: string): Promise<Buffer | null> {
  if (!(await hasKeyring())) return null;
  try {
    const sealed = await readFile(file).catch(ifMissing);
    return sealed === null ? await createKey(file) : await openKey(file, sealed);
  } catch {
    return null;
  }
}

/** On Linux `basic_text` means a password that is the same everywhere. */
async function hasKeyring(): Promise<boolean> {
  if (!(await safeStorage.isAsyncEncryptionAvailable())) return false;
  return process.platform !== 'linux' || !['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend());
}

function ifMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

async function createKey(file: string): Promise<Buffer> {
  const key = randomBytes(keyBytes);
  await store(file, key);
  return key;
}

async function openKey(file: string, sealed: Buffer): Promise<Buffer> {
  const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(sealed);
  const key = Buffer.from(result, 'base64');
  if (key.length !== keyBytes) throw new Error('not a key');
  if (shouldReEncrypt) await store(file, key);
  return key;
}

/** Whole or not at all, and on the disk before anything is sealed with the key. */
async function store(file: string, key: Buffer): Promise<void> {
  const sealed = await safeStorage.encryptStringAsync(key.toString('base64'));
  await writeFile(`${file}.new`, sealed, { mode: 0o600, flush: true });
  await rename(`${file}.new`, file);
}
