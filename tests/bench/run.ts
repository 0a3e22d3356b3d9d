/**
 * `npm run bench`: the endpoint, a relay on the `socks` package and their common upstream alone; how fast lists are read; the switch for the whole
 * system. Writes their sections of docs/BENCHMARKS.md.
 */
import { writeSection } from './document.ts';
import { measureLists } from './links.ts';
import type { Measure } from './load.ts';
import { type Program, processorSeconds, startLoad, startPaperplane, startScript } from './programs.ts';
import { type Figures, report } from './report.ts';
import { measureSystemProxy } from './system-proxy.ts';

const command = 'npm run bench';
const rounds = 6;
const warmUpTimes = 3; // so much longer than the others is the first round, which does not count: code that runs for days is compiled
const durationsMs: Record<Measure, number> = { download: 1200, upload: 1200, connections: 1500, firstByte: 500 };
const pauseMs = 50; // for the other side's last bytes

writeSection('Lists read and imported', command, await measureLists());
await using upstream = await startScript('upstream.ts');
await using baseline = await startScript('baseline-relay.ts', String(upstream.port));
await using paperplane = await startPaperplane(`socks5://127.0.0.1:${upstream.port}`);
await using load = startLoad();

const programs = { paperplane, baseline, upstream };
const figures: Figures = { paperplane: [], baseline: [], upstream: [] };

// A B A B: whatever else the machine does meanwhile hits all alike.
for (let round = 0; round <= rounds; round++) {
  const measured: Record<keyof Figures, Record<string, number>> = { paperplane: {}, baseline: {}, upstream: {} };
  for (const measure of Object.keys(durationsMs) as Measure[]) {
    for (const name of Object.keys(programs) as (keyof Figures)[])
      Object.assign(measured[name], await measureOnce(programs[name], measure, durationsMs[measure] * (round === 0 ? warmUpTimes : 1)));
  }
  if (round > 0) for (const name of Object.keys(programs) as (keyof Figures)[]) figures[name].push(measured[name]);
  console.error(round === 0 ? 'warmed up' : `round ${round} of ${rounds}`);
}

async function measureOnce({ pid, port }: Program, measure: Measure, durationMs: number): Promise<Record<string, number>> {
  const before = await processorSeconds(pid);
  const { figure, done } = await load.run({ measure, port, durationMs });
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
  const used = (await processorSeconds(pid)) - before;
  return { [measure]: figure, ...(done > 0 && { [`${measure}Processor`]: used / done }) };
}

writeSection('The endpoint', command, report(figures));
const systemProxy = await measureSystemProxy();
if (systemProxy === null) console.error('The switch is not measured: gsettings, dconf and dbus-daemon are needed');
else writeSection('The switch for the whole system', command, systemProxy);
