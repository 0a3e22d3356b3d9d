import { execFile } from 'node:child_process';
import { access, chmod, constants, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright';

/** Quiet and self-contained: no sandbox (containers have none), no GPU, no traffic of the browser's own. */
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--accept-lang=en-US', // else, where LANG is not set, the page's language is en-US@posix, on which Intl throws
];

const root = path.join(import.meta.dirname, '../..');

/** Whether the Chromium that comes from npm runs here. */
export const hasNpmBrowser = process.platform === 'linux' && process.arch === 'x64';

/**
 * A Chromium that Playwright can drive: Playwright's own if it is installed, else (Linux x64) the one that comes from npm, else the system's
 * Chrome or Chromium. So the tests need nothing but `npm ci`, and the system's, which is a whole desktop program and takes four times as long
 * to open a page, is left to those tests that are about desktops.
 */
export async function findBrowser(): Promise<{ executablePath: string; args: string[] }> {
  if (await isExecutable(chromium.executablePath())) return { executablePath: chromium.executablePath(), args: [...args] };
  if (hasNpmBrowser) return { executablePath: await unpackNpmBrowser(), args: [...args] };
  const found = await findDesktopBrowser();
  if (found === null) throw new Error('No browser found. Install Chrome or Chromium, or run: npx playwright install chromium');
  return found;
}

/**
 * Unpacks the Chromium of @sparticuz/chromium once, below node_modules/.cache, and gives the path of a script that starts it. Besides
 * glibc and libgcc it needs only NSS and expat, which the package has too (built for Amazon Linux 2023, older than Debian 12), and
 * fonts; the script points to both, so that no Debian package is needed.
 */
export async function unpackNpmBrowser(): Promise<string> {
  const packageFolder = new URL('..', import.meta.resolve('@sparticuz/chromium'));
  const manifest = JSON.parse(await readFile(new URL('package.json', packageFolder), 'utf8'));
  const cache = path.join(root, 'node_modules/.cache/paperplane');
  const folder = path.join(cache, `chromium-${manifest.version}`);
  const script = path.join(folder, 'start');
  if (await isExecutable(script)) return script;
  await mkdir(cache, { recursive: true });
  const staging = await mkdtemp(path.join(cache, 'unpacking-'));
  // The package unpacks into the temporary folder, and its libraries only where it believes to run in Lambda: a child of ours does.
  await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', "await (await import('@sparticuz/chromium')).default.executablePath()"],
    { cwd: root, env: { ...process.env, TMPDIR: staging, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' } },
  );
  await writeFile(path.join(staging, 'fonts.conf'), fontsConf);
  await writeFile(path.join(staging, 'start'), startScript);
  await chmod(path.join(staging, 'start'), 0o755);
  // Whole or not at all: two test files may be here at once, and the loser takes the winner's.
  await rename(staging, folder).catch(() => rm(staging, { recursive: true, force: true }));
  return script;
}

/** The package's own fonts.conf knows only Lambda's folders. */
const fontsConf = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

const startScript = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
export LD_LIBRARY_PATH="$here/al2023/lib:$here"
export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/chromium" "$@"
`;

/**
 * The system's own Chrome or Chromium, which follows the desktop's proxy setting as the one from npm (a headless shell) does not. null: there
 * is none.
 */
export async function findDesktopBrowser(): Promise<{ executablePath: string; args: string[] } | null> {
  for (const executablePath of systemBrowsers()) if (await isExecutable(executablePath)) return { executablePath, args: [...args] };
  return null;
}

function systemBrowsers(): string[] {
  if (process.platform === 'darwin') {
    return ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'];
  }
  if (process.platform === 'win32') {
    const folders = [process.env.ProgramFiles, process.env['ProgramFiles(x86)'], process.env.LocalAppData];
    return folders.filter((folder) => folder !== undefined).map((folder) => path.join(folder, 'Google/Chrome/Application/chrome.exe'));
  }
  const names = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser'];
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
