import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { createKeyFileSecrets } from '../../main/engine/key-file-secrets.ts';
import { createKeyringSecrets } from '../../main/engine/keyring-secrets.ts';
import { expect } from '../rigs/expect.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const folder = await mkdtemp(path.join(tmpdir(), 'paperplane-secrets-'));
after(() => rm(folder, { recursive: true, force: true }));
const keyFile = createKeyFileSecrets(folder);
const key = randomBytes(32);

test('opens what it sealed, and what was sealed without a keyring', () => {
  const secrets = createKeyringSecrets(key, keyFile);
  expect(secrets.open(secrets.seal('пароль'))).toBe('пароль');
  expect(secrets.seal('hush')).not.toContain('hush');
  expect(secrets.open(keyFile.seal('older'))).toBe('older');
});

test('without the keyring it goes on sealing, and opens what the keyring sealed once it is back', () => {
  const sealed = createKeyringSecrets(key, keyFile).seal('hush');
  const without = createKeyringSecrets(null, keyFile);
  expect(() => without.open(sealed)).toThrow('keyring');
  expect(keyFile.open(without.seal('new'))).toBe('new');
  expect(createKeyringSecrets(key, keyFile).open(sealed)).toBe('hush');
});

test('refuses what another key sealed, and what was changed', () => {
  const secrets = createKeyringSecrets(key, keyFile);
  const sealed = secrets.seal('hush');
  expect(() => createKeyringSecrets(randomBytes(32), keyFile).open(sealed)).toThrow();
  expect(() => secrets.open(`${sealed.slice(0, -4)}AAAA`)).toThrow();
  expect(() => secrets.open('keyring:')).toThrow();
});
