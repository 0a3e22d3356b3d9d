import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { extractFile, listPackage } from '@electron/asar';
import { expect } from '../rigs/expect.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { packageForLinux } from '../rigs/packaging.ts';

assertNothingLeftOpen();

const skip = process.platform !== 'linux' && 'the stub in place of Electron is one for Linux';

test('the package holds what was built and nothing else, with its fuses set', { skip }, async (t) => {
  const made = await packageForLinux();
  t.after(made.remove);
  const archive = path.join(made.folder, 'resources/app.asar');
  const files = listPackage(archive, { isPack: false }).map((name) => name.replaceAll('\\', '/'));

  expect(files).toEqual(
    expect.arrayContaining([
      '/package.json',
      '/dist/main/desktop.js',
      '/dist/watchdog/watchdog.cjs',
      '/dist/preload/index.cjs',
      '/dist/renderer/index.html',
      '/assets/icon.png',
      '/assets/tray/ready.png',
      '/assets/tray/ready@2x.png',
    ]),
  );
  const isBuilt = /^\/(?:package\.json|dist(?:\/.*)?|assets(?:\/icon\.png|\/tray(?:\/[a-z@2]+\.png)?)?)$/;
  expect(files.filter((name) => !isBuilt.test(name) || /\.(?:ts|tsx|map|pem|key|db|log)$|test/.test(name))).toEqual([]);

  const manifest = JSON.parse(extractFile(archive, 'package.json').toString());
  expect(manifest).toMatchObject({ name: 'paperplane', type: 'module', main: 'dist/main/desktop.js', desktopName: 'paperplane.desktop' });
  expect(manifest).not.toHaveProperty('devDependencies');
  const main = extractFile(archive, 'dist/main/desktop.js').toString();
  const imported = new Set([...main.matchAll(/^import .*?from ?["']([^"']+)["']/gm)].map(([, name]) => name));
  expect([...imported].filter((name) => name !== 'electron' && !name?.startsWith('node:'))).toEqual([]);

  // RunAsNode, cookies, NODE_OPTIONS, --inspect, integrity, only from the asar, snapshot, file privileges; a ninth that we leave alone.
  expect((await made.fuses()).slice(0, 8)).toBe('11001100');
  const entry = (await made.desktopEntry()).split('\n');
  expect(entry).toEqual(expect.arrayContaining(['Name=Paperplane', 'Type=Application', 'MimeType=x-scheme-handler/paperplane;']));
  expect(entry.find((line) => line.startsWith('Exec='))).toMatch(/paperplane %U$/);
  expect(await readdir(path.join(made.folder, 'locales'))).toEqual(['en-US.pak', 'fa.pak', 'ru.pak']);
});

test('a setting that does not exist is refused', { skip }, async () => {
  await expect(packageForLinux(['-c.bogus=1'])).rejects.toThrow("unknown property 'bogus'");
});

test('the configuration claims our own scheme only', async () => {
  const configuration = await readFile(path.join(import.meta.dirname, '../../electron-builder.yml'), 'utf8');
  expect([...configuration.matchAll(/schemes: \[(.*)\]/g)].map(([, schemes]) => schemes)).toEqual(['paperplane']);
});
