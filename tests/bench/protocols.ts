/**
 * `npm run bench:protocols`: Paperplane and other clients through the same servers, in turn. Writes its section of docs/BENCHMARKS.md, in
 * about five minutes; a protocol that fails is told there with its reason and does not end the run.
 * `-- --only WORD` measures the protocols whose title has the word, and writes nothing.
 */
import { parseArgs } from 'node:util';
import { missing, temporaryFolder } from '../rigs/programs.ts';
import { writeSection } from './document.ts';
import type { Measure, Origins } from './load.ts';
import { type Load, type Program, processorSeconds, startLoad, startPaperplane, startScript } from './programs.ts';
import { type Failed, type Measured, report } from './protocols/report.ts';
import { type Row, rows } from './protocols/rows.ts';
import { warmTable } from './protocols/warm.ts';

const rounds = 4;
const warmUpTimes = 5; // so much longer than the others is the first round, which does not count: code that runs for days is compiled
const mostMsPerRow = 100_000;
const pauseMs = 50; // for the other side's last bytes
const durationsMs = { download: 1500, connections: 1500, firstByte: 500 } satisfies Partial<Record<Measure, number>>;
const measures = Object.keys(durationsMs) as (keyof typeof durationsMs)[];

const { only = '' } = parseArgs({ options: { only: { type: 'string' } } }).values;
await using origin = await startScript<{ ports: Origins }>('origin.ts');
const origins = origin.printed.ports;

async function measureRow(row: Row): Promise<Measured> {
  const deadlineMs = performance.now() + mostMsPerRow;
  await using load = startLoad();
  await using folder = await temporaryFolder();
  await using server = await row.startServer(folder.path);
  await using peer = await row.startPeer(folder.path, server);
  await using paperplane = await startPaperplane(row.link(server), `http://127.0.0.1:${origins.get}/generate_204`);
  const measured: Measured = { row, rounds: [] };
  // A B A B: whatever else the machine does meanwhile hits both alike.
  for (let round = 0; round <= rounds; round++) {
    const figures: Measured['rounds'][number] = { paperplane: {}, peer: {} };
    for (const measure of measures) {
      for (const [name, program] of Object.entries({ paperplane, peer }) as ['paperplane' | 'peer', Program][]) {
        if (performance.now() > deadlineMs) throw new Error(`not done in ${mostMsPerRow / 1000} s`);
        Object.assign(figures[name], await measureOnce(load, program, measure, durationsMs[measure] * (round === 0 ? warmUpTimes : 1)));
      }
    }
    if (round > 0) measured.rounds.push(figures);
  }
  console.error(`${row.title}: measured`);
  return measured;
}

function failed(row: Row, error: unknown): Failed {
  const reason = error instanceof Error ? error.message : String(error);
  console.error(`${row.title}: failed, ${reason}`);
  return { row, reason };
}

type Figure = (typeof measures)[number];
async function measureOnce(load: Load, { pid, port }: Program, measure: Figure, durationMs: number): Promise<Record<string, number>> {
  const before = await processorSeconds(pid);
  const { figure, done, lost = 0 } = await load.run({ measure, port, origins, durationMs });
  await new Promise((resolve) => setTimeout(resolve, pauseMs));
  const used = (await processorSeconds(pid)) - before;
  return { [measure]: figure, [`${measure}Lost`]: lost, ...(done > 0 && { [`${measure}Processor`]: used / done }) };
}

const all: (Measured | Failed)[] = [];
for (const row of rows.filter(({ title }) => title.includes(only))) {
  const absent = missing(...row.programs);
  if (absent) console.error(`${row.title}: not measured, ${absent}`);
  else all.push(await measureRow(row).catch((error: unknown) => failed(row, error)));
}
const text = report(all, await warmTable(origins));
if (only === '') writeSection('Encrypted protocols', 'npm run bench:protocols', text);
else console.log(text);
