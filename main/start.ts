/** `npm start`: the desktop window where Electron can run, else one sentence why not and the same interface in a browser. */
import './cli/compile-cache.ts';
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { sortDesktopArguments } from './cli/desktop-arguments.ts';
import { parseOptions } from './cli/options.ts';
import { outliveReaders } from './cli/outlive-readers.ts';

const root = join(import.meta.dirname, '..');
const fetchDeadlineMs = 120_000;

outliveReaders();
const argv = process.argv.slice(2);
const electron = wantsWords() ? null : findElectron();
if (electron?.executable === undefined) {
  if (electron) process.stderr.write(`No desktop window: ${electron.reason} The same interface opens in your browser instead.\n`);
  await import('./headless.ts');
} else {
  // Electron takes no further arguments after one that looks like an address, so values are joined to their options.
  const desktop = spawn(electron.executable, [root, ...sortDesktopArguments(argv).options], { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => desktop.kill(signal));
  desktop.on('error', (error) => process.stderr.write(`Electron does not start: ${error.message}\n`));
  desktop.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

/** A wrong command line, and one that asks for words alone, are answered by the program without a window. */
function wantsWords(): boolean {
  try {
    const { help, diagnose, restoreSystemProxy } = parseOptions(argv, process.env);
    return help || diagnose || restoreSystemProxy;
  } catch {
    return true;
  }
}

function findElectron(): { executable: string } | { executable?: undefined; reason: string } {
  const { DISPLAY, WAYLAND_DISPLAY, ELECTRON_OVERRIDE_DIST_PATH } = process.env;
  if (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY) return { reason: 'there is no display.' };
  const require = createRequire(import.meta.url);
  if (!ELECTRON_OVERRIDE_DIST_PATH) {
    // Fetches Electron's binary where it is missing, and ends at once where it is there.
    const install = spawnSync(process.execPath, [require.resolve('electron/install.js')], { stdio: 'ignore', timeout: fetchDeadlineMs });
    if (install.status !== 0) return { reason: 'the Electron binary is not here and cannot be fetched.' };
  }
  return { executable: require('electron') };
}
