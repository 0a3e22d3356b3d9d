import { readdir, readFile } from 'node:fs/promises';

/** The ids of the processes (Linux) whose command line has both. */
export const processesWith = (...words: readonly [string, string]): Promise<number[]> =>
  findProcesses(async (tell) => {
    const line = await tell('cmdline');
    return words.every((word) => line.includes(word));
  });

/** The ids of the processes (Linux) with this word in their command line and this home. */
export async function processesOf(home: string, program: string): Promise<number[]> {
  return findProcesses(async (tell) => (await tell('cmdline')).includes(program) && (await tell('environ')).includes(`HOME=${home}\0`));
}

async function findProcesses(isWanted: (tell: (what: string) => Promise<string>) => Promise<boolean>): Promise<number[]> {
  const found = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const tell = (what: string) => readFile(`/proc/${pid}/${what}`, 'utf8').catch(() => ''); // it ended meanwhile
    if (await isWanted(tell)) found.push(Number(pid));
  }
  return found;
}
