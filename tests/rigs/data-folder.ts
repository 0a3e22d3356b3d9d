import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createKeyFileSecrets } from '../../main/engine/key-file-secrets.ts';
import type { Platform } from '../../main/engine/platform.ts';

/** A platform on the folder, with the key file that headless machines use. */
export function platformOn(dataFolder: string): Platform {
  return { dataFolder, secrets: createKeyFileSecrets(dataFolder), version: '0.0.0' };
}

/** A data folder that does not exist yet, in a temporary folder that goes with the test. */
export function temporaryDataFolder(test: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'paperplane-'));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'data');
}

/** The bytes of every file in the folder, by name. Closing a file drops this process's own locks on it: not where a second process is about. */
export function readAllFiles(folder: string): Map<string, Buffer> {
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
}
