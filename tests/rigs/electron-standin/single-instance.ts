import { readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import path from 'node:path';

interface Greeting {
  readonly argv: string[];
  readonly folder: string;
  readonly additionalData: unknown;
}

/**
 * The first process on a folder gets true and hears from later ones; a later process leaves its greeting there and gets false. The lock
 * of a process that is gone is taken over.
 */
export function acquireLock(folder: string, additionalData: unknown, onGreeting: (greeting: Greeting) => void): boolean {
  const lock = path.join(folder, 'SingletonLock');
  if (!takeLock(lock)) {
    const greeting: Greeting = { argv: process.argv, folder: process.cwd(), additionalData };
    writeFileSync(path.join(folder, `second-${process.pid}.json`), `${JSON.stringify(greeting)}\n`);
    return false;
  }
  process.once('exit', () => rmSync(lock, { force: true }));
  watch(folder, { persistent: false }, (_event, name) => {
    if (name === null || !/^second-\d+\.json$/.test(name)) return;
    const greeting = takeGreeting(path.join(folder, name));
    if (greeting !== undefined) onGreeting(greeting);
  });
  return true;
}

function takeLock(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (isRunning(Number(readFileSync(lock, 'utf8')))) return false;
    writeFileSync(lock, String(process.pid));
    return true;
  }
}

function isRunning(pid: number): boolean {
  try {
    return pid !== process.pid && process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** undefined while the greeting is not yet whole, or when it has been taken already. */
function takeGreeting(file: string): Greeting | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    if (!text.endsWith('\n')) return undefined;
    rmSync(file);
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
