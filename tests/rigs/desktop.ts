import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import type { Bridge } from '../../preload/contract.ts';
import { patienceMs } from './patience.ts';

declare global {
  interface Window {
    readonly paperplane: Bridge;
  }
}

const root = path.join(import.meta.dirname, '../..');
const standIn = path.join(root, 'tests/rigs/electron-standin/start.ts');
const isReal = process.env.PAPERPLANE_ELECTRON === 'real';

/** Why the desktop program cannot run here, or false. PAPERPLANE_ELECTRON=real takes the real Electron, else the stand-in is taken. */
export const noDesktop: string | false =
  !isReal && process.platform === 'win32' ? 'the Electron stand-in does not run on Windows: set PAPERPLANE_ELECTRON=real' : false;

/** The built desktop program, with nobody to drive it. */
export function spawnDesktop(args: readonly string[], options: SpawnOptions): ChildProcess {
  const executable: string = isReal ? createRequire(import.meta.url)('electron') : standIn;
  return spawn(executable, ['--no-sandbox', root, ...args], options);
}

export interface Desktop extends AsyncDisposable {
  readonly electron: ElectronApplication;
  readonly page: Page;
  readonly dataFolder: string;
  /** Starts the program again on the same folder, with further arguments; resolves with that process's exit code. */
  startAgain(...args: string[]): Promise<number>;
  /** Asks the program to quit; resolves with its exit code. */
  quit(): Promise<number>;
  /** The exit code, once the program has ended. */
  readonly exited: Promise<number>;
}

export interface DesktopOptions {
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** A folder to use again; otherwise one of its own, removed in the end. */
  readonly dataFolder?: string;
}

/** The built desktop program with its window open and its page loaded: `await using desktop = await startDesktop()`. */
export async function startDesktop({ args = [], env = {}, dataFolder }: DesktopOptions = {}): Promise<Desktop> {
  const folder = dataFolder ?? (await mkdtemp(path.join(tmpdir(), 'paperplane-desktop-')));
  // On Windows Electron refuses to start when anything follows an argument that looks like an address, hence the =.
  const ours = [root, '--data', folder, '--listen', '127.0.0.1:0', '--probe=http://127.0.0.1:9/'];
  const environment = {
    ...process.env,
    XDG_CURRENT_DESKTOP: '',
    ...env,
    PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH}`,
  };
  const electron = await _electron.launch({
    ...(isReal ? {} : { executablePath: standIn }),
    args: [...ours, ...args],
    env: environment,
    timeout: patienceMs,
  });
  const child = electron.process();
  const exited = once(child, 'exit').then(([code]) => code as number);
  const quit = async () => {
    // From a turn of its own: what is evaluated may interrupt Node in the middle of a function, where no socket may be closed.
    await electron.evaluate(({ app }) => void setImmediate(() => app.quit())).catch(() => undefined); // it may be gone before it answers
    return exited;
  };
  const end = async () => {
    if (child.exitCode === null) await electron.close();
    if (dataFolder === undefined) await rm(folder, { recursive: true, force: true });
  };
  const page = await electron.firstWindow();
  await page
    .getByRole('heading')
    .first()
    .waitFor({ timeout: patienceMs })
    .catch(async (error) => {
      await end();
      throw error;
    });
  return {
    electron,
    page,
    dataFolder: folder,
    exited,
    quit,
    [Symbol.asyncDispose]: end,
    async startAgain(...more) {
      const [code] = await once(spawnDesktop([...ours.slice(1), ...more], { env: environment, stdio: 'ignore' }), 'exit');
      return code;
    },
  };
}
