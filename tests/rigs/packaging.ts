import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const root = path.join(import.meta.dirname, '../..');
/** Marks, in Electron's binary, the bytes that @electron/fuses changes: a version, a count, and one character for each fuse. */
const fuseSentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const fuseCount = 9;

export interface Package {
  /** Where the program was put together, as it would be installed. */
  readonly folder: string;
  /** The entry for the desktop's menu. */
  desktopEntry(): Promise<string>;
  /** The fuses as they are set in the binary: '0' off, '1' on, in Electron's order. */
  fuses(): Promise<string>;
  remove(): Promise<void>;
}

/**
 * Packages the built program for Linux, around a stub in place of Electron, which cannot be had offline. Rejects with electron-builder's
 * message. `settings` are further settings, such as `-c.asar=false`.
 */
export async function packageForLinux(settings: readonly string[] = []): Promise<Package> {
  const work = await mkdtemp(path.join(tmpdir(), 'paperplane-package-'));
  const remove = () => rm(work, { recursive: true, force: true });
  const stub = path.join(work, 'electron');
  const fpm = path.join(work, 'fpm');
  await writeStub(stub);
  await writeFile(fpm, stubFpm, { mode: 0o755 });
  const command = [path.join(root, 'node_modules/electron-builder/out/cli/cli.js'), '--linux', 'deb', '--x64', '--publish', 'never'];
  const places = [`-c.electronDist=${stub}`, `-c.directories.output=${path.join(work, 'out')}`];
  try {
    const env = { ...process.env, CUSTOM_FPM_PATH: fpm, DESKTOP_ENTRY: path.join(work, 'entry.desktop') };
    await promisify(execFile)(process.execPath, [...command, ...places, ...settings], { cwd: root, env, timeout: 90_000 });
  } catch (error) {
    await remove();
    throw error instanceof Error && 'stdout' in error ? new Error(String(error.stdout)) : error; // where it says what is wrong
  }
  const folder = path.join(work, 'out/linux-unpacked');
  return {
    folder,
    remove,
    desktopEntry: () => readFile(path.join(work, 'entry.desktop'), 'utf8'),
    async fuses() {
      const binary = await readFile(path.join(folder, 'paperplane'), 'latin1');
      const at = binary.indexOf(fuseSentinel) + fuseSentinel.length + 2;
      return binary.slice(at, at + fuseCount);
    },
  };
}

/** In place of fpm, which makes the deb: keeps the desktop entry that it is given, and leaves an empty package. */
const stubFpm = `#!/bin/sh
while [ $# -gt 0 ]; do
  case "$1" in
    --package) : > "$2" ;;
    *.desktop) cp "\${1%%=*}" "$DESKTOP_ENTRY" ;;
  esac
  shift
done
`;

/** The files that electron-builder looks for in Electron's folder, with a script in place of the binary. */
async function writeStub(folder: string): Promise<void> {
  await mkdir(path.join(folder, 'resources'), { recursive: true });
  await mkdir(path.join(folder, 'locales'));
  const fuses = `${fuseSentinel}\u0001${String.fromCharCode(fuseCount)}${'0'.repeat(fuseCount)}`;
  await writeFile(path.join(folder, 'electron'), `#!/bin/sh\nexit 0\n${fuses}\n`, 'latin1');
  await chmod(path.join(folder, 'electron'), 0o755);
  for (const name of ['version', 'LICENSE', 'LICENSES.chromium.html', 'chrome-sandbox']) await writeFile(path.join(folder, name), '45.4.1');
  for (const language of ['en-US', 'fa', 'ru', 'zh-CN']) await writeFile(path.join(folder, `locales/${language}.pak`), '');
}
