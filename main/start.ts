/** `npm start`: the desktop window where Electron can run, else one sentence why not and the same interface in a browser. */
import './cli/compile-cache.ts';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { sortDesktopArguments } from './cli/desktop-arguments.ts';
import { parseOptions } from './cli/options.ts';
import { outliveReaders } from './cli/outlive-readers.ts';

const root = join(import.meta.dirname, '..');
const fetchDeadlineMs = 120_000;
/** How Chromium ends where it is refused its sandbox, as Ubuntu does to programs that no package has installed; and within what time. */
const crashes: ReadonlySet<NodeJS.Signals> = new Set(['SIGTRAP', 'SIGABRT', 'SIGILL', 'SIGSEGV', 'SIGBUS']);
const startMs = 15_000;

outliveReaders();
const argv = process.argv.slice(2);
const electron = wantsWords() ? null : findElectron();
if (electron === null) await import('./headless.ts');
else if (electron.executable === undefined) await goWithout(electron.reason);
else runDesktop(electron.executable);

/** The same program without a window. */
async function goWithout(reason: string): Promise<void> {
  process.stderr.write(`No desktop window: ${reason} The same interface opens in your browser instead.\n`);
  await import('./headless.ts');
}

function runDesktop(executable: string): void {
  const startedAt = performance.now();
  // Electron takes no further arguments after one that looks like an address, so values are joined to their options.
  const desktop = spawn(executable, [root, ...sortDesktopArguments(argv).options], { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => desktop.kill(signal));
  desktop.on('error', () => void goWithout('Electron cannot be started here.'));
  desktop.on('exit', (code, signal) => {
    const isStillborn = signal !== null && crashes.has(signal) && performance.now() - startedAt < startMs;
    if (isStillborn) void goWithout('the system does not let Electron run.');
    else process.exitCode = code ?? 1;
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
    const home = dirname(require.resolve('electron/package.json'));
    if (!existsSync(join(home, 'path.txt'))) process.stderr.write('Fetching Electron for the desktop window, which happens once.\n');
    // Ends at once where it is there.
    const install = spawnSync(process.execPath, [join(home, 'install.js')], { stdio: 'ignore', timeout: fetchDeadlineMs });
    if (install.status !== 0) return { reason: 'the Electron binary is not here and cannot be fetched.' };
  }
  return { executable: require('electron') };
}
