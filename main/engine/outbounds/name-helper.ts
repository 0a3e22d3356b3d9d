import { type ChildProcess, spawn } from 'node:child_process';
import type { LookupAddress } from 'node:dns';

export type Found = (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void;

/** The size of the other process' thread pool; lookups may take half of it. */
const threads = 128;

/**
 * What it runs: no file of its own, so that there is nothing to find in a package. It ends with its parent, and by a signal: before an exit Node
 * would wait for names that nobody answers for.
 */
const program = `
  const { lookup } = require('node:dns');
  process.on('message', (name) =>
    lookup(name, { all: true }, (error, addresses) => process.connected && process.send({ name, code: error?.code, addresses }, () => {})));
  process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
`;

interface Answer {
  readonly name: string;
  readonly code?: string;
  readonly addresses?: LookupAddress[];
}

export interface NameHelper {
  find(name: string, found: Found): void;
}

/**
 * Another process of this program that looks up many names at a time: how many is decided before a Node starts, by its environment. It is started
 * for the first name, and ended so many milliseconds after the last answer. Where it cannot run, or dies, `fallback` finds what waits.
 */
export function createNameHelper(fallback: (name: string, found: Found) => void, idleMs: number): NameHelper {
  const waiting = new Map<string, Found[]>();
  let child: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;

  const rest = () => {
    child?.channel?.unref(); // it does not keep us from ending
    idle = setTimeout(() => child?.disconnect(), idleMs).unref();
  };
  const answered = ({ name, code, addresses = [] }: Answer) => {
    const error = code === undefined ? null : Object.assign(new Error(code), { code });
    const askers = waiting.get(name) ?? [];
    waiting.delete(name);
    if (waiting.size === 0) rest();
    for (const found of askers) found(error, addresses);
  };
  const start = (): ChildProcess => {
    const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1', UV_THREADPOOL_SIZE: String(threads) };
    const started = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], windowsHide: true, env });
    const lost = () => {
      if (child !== started) return;
      child = undefined;
      const left = [...waiting];
      waiting.clear();
      for (const [name, askers] of left) for (const found of askers) fallback(name, found);
    };
    started.on('message', answered).once('disconnect', lost).once('error', lost);
    started.unref();
    return started;
  };
  return {
    find(name, found) {
      const askers = waiting.get(name);
      if (askers) return void askers.push(found);
      waiting.set(name, [found]);
      clearTimeout(idle);
      child ??= start();
      child.channel?.ref();
      child.send(name, () => {}); // what cannot be sent is found when the loss is noticed
    },
  };
}
