import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { noDesktop, startDesktop } from '../rigs/desktop.ts';
import { expect } from '../rigs/expect.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const skip = noDesktop || (process.env.PAPERPLANE_ELECTRON === 'real' && "only the stand-in's keyring can be taken away");

test('links are kept under the keyring, wait for it while it is away, and are kept without one too', { skip }, async () => {
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'paperplane-keyring-'));
  /** Imports the link in a run of its own; resolves with all links that this run knows. */
  const run = async (keyring: 'none' | 'there', link: string) => {
    await using desktop = await startDesktop({ dataFolder, env: { PAPERPLANE_STANDIN_KEYRING: keyring } });
    const known = await desktop.page.evaluate(async (text) => {
      await window.paperplane.call('importText', { text });
      const outcome = await window.paperplane.call('exportProxies', { ids: 'all', format: 'links' });
      return outcome.ok ? outcome.value.text : outcome.code;
    }, link);
    expect(await desktop.quit()).toBe(0);
    return known.split('\n').sort();
  };
  const [ann, ben] = ['socks5://ann:hushhush@127.0.0.1:1', 'socks5://ben:hushhush@127.0.0.1:2'];

  expect(await run('there', ann)).toEqual([ann]);
  expect(await readdir(dataFolder)).toContain('paperplane.keyring');
  expect(await run('none', ben)).toEqual([ben]);
  expect(await run('there', ben)).toEqual([ann, ben]);
  for (const entry of await readdir(dataFolder, { withFileTypes: true })) {
    if (entry.isFile()) expect(await readFile(path.join(dataFolder, entry.name), 'latin1')).not.toContain('hushhush');
  }
  await rm(dataFolder, { recursive: true, force: true });
});
