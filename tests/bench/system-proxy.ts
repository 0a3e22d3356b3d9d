/** How long the switch for the whole system takes on GNOME, with the real tools in a session of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { noSession, openSession, type PrivateSession } from '../rigs/private-session.ts';
import { processesWith } from '../rigs/processes.ts';
import { startSwitch } from '../rigs/system-switch.ts';
import { until } from '../rigs/until.ts';
import { median } from './report.ts';
import { atMost, judged } from './verdict.ts';

const rounds = 20;
const coldRounds = 5;

/** Milliseconds of every round. */
type Figures = Record<'first' | 'on' | 'off' | 'killed', number[]>;

const rows = [
  { key: 'first', title: 'On, for the first time since the start (starts the watchdog)', must: atMost(300) },
  { key: 'on', title: 'On', must: atMost(300) },
  { key: 'off', title: 'Off', must: atMost(300) },
  { key: 'killed', title: 'After `kill -9`, until all is as before and the watchdog is gone', must: atMost(1000) },
] as const;

/** Its section of docs/BENCHMARKS.md, or null where the tools are not installed. */
export async function measureSystemProxy(): Promise<string | null> {
  if (noSession()) return null;
  const figures: Figures = { first: [], on: [], off: [], killed: [] };
  await using session = await openSession();
  for (let round = 0; round < coldRounds; round++) {
    await using proxy = await startSwitch(session);
    figures.first.push(await timed(() => proxy.turn(true)));
  }
  await using proxy = await startSwitch(session);
  for (let round = 0; round <= rounds; round++) {
    const on = await timed(() => proxy.turn(true));
    const off = await timed(() => proxy.turn(false));
    if (round === 0) continue; // the watchdog starts
    figures.on.push(on);
    figures.off.push(off);
  }
  await proxy.stop();
  for (let round = 0; round < coldRounds; round++) figures.killed.push(await killed(session));
  const lines = rows.map(({ key, title, must }) => {
    const [middle, longest] = [median(figures[key]), Math.max(...figures[key])];
    return `| ${title} | ${middle.toFixed(0)} | ${longest.toFixed(0)} | ${figures[key].length} | ${judged(middle, must)} |`;
  });
  return `On GNOME, with \`gsettings\` and \`dconf\`: the journal on the disk, the settings written, read back and shown.${(await isRealTime()) ? ' These programs came before all others (`chrt -f`).' : ''}

| | median, ms | longest, ms | rounds | median must be, ms | verdict |
| --- | ---: | ---: | ---: | --- | --- |
${lines.join('\n')}
`;
}

/** Whether all other programs have to wait for this one. */
const isRealTime = async () => /^policy\s*:\s*[12]$/m.test(await readFile('/proc/self/sched', 'utf8').catch(() => ''));

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function killed({ env, folder }: PrivateSession): Promise<number> {
  const script = join(import.meta.dirname, '../rigs/switching-process.ts');
  const program: ChildProcess = spawn(process.execPath, [script, folder], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  if (program.stdout)
    for await (const chunk of program.stdout.iterator({ destroyOnReturn: false })) if (String(chunk).includes('on\n')) break;
  return timed(async () => {
    program.kill('SIGKILL');
    await once(program, 'exit');
    await until(async () => (await processesWith('watchdog', folder)).length === 0);
  });
}
