import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { authorityFile } from '../rigs/certificates.ts';
import { startHeadless } from '../rigs/headless.ts';
import type { Failure, Result, Task } from './load.ts';

/** Something that speaks SOCKS5 in a process of its own. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
}

/** A script of this folder that prints its address, and what else there is to know. */
export async function startScript<T = unknown>(name: string, ...args: string[]): Promise<Program & { readonly printed: T }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, name), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const printed = JSON.parse(line);
  return { pid: child.pid as number, port: printed.port, printed, [Symbol.asyncDispose]: () => end(child) };
}

/** The real program, with this proxy as its only one, and found working. */
export async function startPaperplane(link: string, probe = 'http://probe/generate_204'): Promise<Program> {
  const headless = await startHeadless(['--import', link, '--probe', probe], { env: { NODE_EXTRA_CA_CERTS: authorityFile } });
  await headless.state((state) => state.proxies.working === 1);
  const { port } = await headless.endpoint();
  return { pid: headless.pid, port, [Symbol.asyncDispose]: headless[Symbol.asyncDispose] };
}

export interface Load extends AsyncDisposable {
  /** Rejects with the reason where nothing could be measured. */
  run(task: Task): Promise<Result>;
}

/** The load generator: gives each task to its process, one after the other. */
export function startLoad(): Load {
  const child = fork(join(import.meta.dirname, 'load.ts'));
  return {
    run(task) {
      return new Promise((resolve, reject) => {
        const onExit = () => reject(new Error('the load generator ended'));
        child.once('exit', onExit).once('message', (result: Result | Failure) => {
          child.off('exit', onExit);
          if ('error' in result) reject(new Error(`${task.measure}: ${result.error}`));
          else resolve(result);
        });
        child.send(task);
      });
    },
    [Symbol.asyncDispose]: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  child.kill();
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** Seconds of processor time that a process has used (Linux: fields 14 and 15 of /proc/PID/stat, in hundredths); 0 elsewhere. */
export async function processorSeconds(pid: number): Promise<number> {
  if (process.platform !== 'linux') return 0;
  const fields = (await readFile(`/proc/${pid}/stat`, 'latin1')).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
