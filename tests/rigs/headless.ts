import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { AppState } from '../../preload/contract.ts';
import { patienceMs } from './patience.ts';

type Event = { readonly event: string; readonly [field: string]: unknown };
const entry = join(import.meta.dirname, '../../main/headless.ts');

export type Headless = Awaited<ReturnType<typeof startHeadless>>;

export interface HeadlessOptions {
  readonly data?: string; // a temporary folder of its own otherwise, removed at `stop`
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string | null; // standard input; null: it never ends
}

/**
 * The real program: `node main/headless.ts --json` with these arguments, and a free port, no interface and a folder of its own where the
 * arguments do not say otherwise. Waiting for an event looks at past ones too, and fails in the end with what the program said.
 */
export async function startHeadless(args: readonly string[] = [], options: HeadlessOptions = {}) {
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'paperplane-headless-')));
  const usual = [...(args.includes('--listen') ? [] : ['--listen', '127.0.0.1:0']), ...(args.includes('--ui') ? [] : ['--ui', 'off'])];
  const child = spawn(process.execPath, [entry, '--json', '--data', data, ...usual, ...args], {
    env: { ...process.env, XDG_CURRENT_DESKTOP: '', ...options.env }, // no desktop, or our own would be read
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {}); // it may have ended before it read
  if (options.input !== null) child.stdin.end(options.input ?? '');
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const events: Event[] = [];
  const lines: string[] = [];
  const watchers = new Set<() => void>();
  let stderr = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    events.push(JSON.parse(line));
    for (const watch of watchers) watch();
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });

  /** The first event, past or future, that `matches`. */
  const waitFor = (matches: (event: Event) => boolean, what: string): Promise<Event> =>
    new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(patience);
        watchers.delete(watch);
      };
      const fail = (why: string) => {
        stop();
        reject(new Error(`${why} before ${what}\n${lines.slice(-5).join('\n')}\n${stderr}`));
      };
      const watch = () => {
        const found = events.find(matches);
        if (!found) return;
        stop();
        resolve(found);
      };
      const patience = setTimeout(() => fail('too long a wait'), patienceMs);
      watchers.add(watch);
      void exited.then((code) => fail(`the program ended with ${code}`));
      watch();
    });
  const event = (name: string) => waitFor((candidate) => candidate.event === name, name);
  const end = async (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    const code = await exited;
    if (options.data === undefined) await rm(data, { recursive: true, force: true });
    return code;
  };

  return {
    data,
    pid: child.pid as number,
    lines,
    stderr: () => stderr,
    exited,
    event,
    /** Where applications connect. */
    endpoint: async () => (await event('listening')) as unknown as { host: string; port: number },
    /** The first pushed state, past or future, that `matches`. */
    state: (matches: (state: AppState) => boolean) =>
      waitFor(
        (candidate) => candidate.event === 'state' && matches(candidate as unknown as AppState),
        'such a state',
      ) as unknown as Promise<AppState>,
    /** The state pushed last. */
    lastState: () => events.findLast((candidate) => candidate.event === 'state') as unknown as AppState | undefined,
    /** Ends the program and gives its exit code. */
    end,
    [Symbol.asyncDispose]: async () => void (await end()),
  };
}
