import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const pauseMs = 20;

/** The ids of the processes (Linux) whose command line has both. */
export async function processesWith(...words: readonly [string, string]): Promise<number[]> {
  const found = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''); // it ended meanwhile
    if (words.every((word) => line.includes(word))) found.push(Number(pid));
  }
  return found;
}

/** Waits for what becomes true by itself; the test's own deadline bounds it. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(pauseMs);
}
