import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, closeSync, constants, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { refusingPort } from './loopback-server.ts';
import { until } from './until.ts';

/** The path of an installed program, or null. Servers are often in folders that only root has in its PATH. */
function findProgram(name: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  return folders.map((folder) => path.join(folder, name)).find(isExecutable) ?? null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Why a test cannot run, for its `skip`, or false. */
export function missing(...programs: string[]): string | false {
  const absent = programs.filter((name) => findProgram(name) === null);
  return absent.length > 0 && `${absent.join(' and ')} not installed`;
}

/** A folder that goes away with the test, readable for servers that drop their rights. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'paperplane-test-'));
  return { path: folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }) };
}

/** Ends a process that the test started, by force if it does not go. */
async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 5000);
  await exited;
  clearTimeout(force);
}

export interface Program extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly pid: number;
}

/** Starts a server with the arguments for a free port, and waits until it listens there. Its words are kept in `folder` for the error. */
export async function startProgram(folder: string, name: string, args: (port: number) => string[] | Promise<string[]>): Promise<Program> {
  const port = await refusingPort(); // free a moment ago; none of these can be told to choose
  const logFile = path.join(folder, `${name}-${port}.log`);
  const log = openSync(logFile, 'w');
  const child = spawn(findProgram(name) ?? name, await args(port), { cwd: folder, stdio: ['ignore', log, log] });
  closeSync(log);
  await once(child, 'spawn');
  try {
    await untilListening(port, child);
  } catch {
    await endProcess(child);
    throw new Error(`${name} does not listen: ${await readFile(logFile, 'utf8')}`);
  }
  return { host: '127.0.0.1', port, pid: child.pid as number, [Symbol.asyncDispose]: () => endProcess(child) };
}

async function untilListening(port: number, child: ChildProcess): Promise<void> {
  await until(() => {
    if (child.exitCode !== null) throw new Error('it ended');
    return accepts(port);
  });
}

/** Whether somebody listens on this port of loopback. */
export async function accepts(port: number): Promise<boolean> {
  const socket = net.connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
