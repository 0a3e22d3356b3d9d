/**
 * `npm run bench:selection`: how the real program chooses among scripted proxies, against what it must do. Writes its
 * section of docs/BENCHMARKS.md. `-- --full` takes longer: 20 seeds and longer spans. `-- --only NAME` runs one part and writes nothing.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { writeSection } from './document.ts';
import { balancer } from './selection/balancer.ts';
import { fewAlive, manyLinks } from './selection/bulk.ts';
import { censored } from './selection/censored.ts';
import { twoCrossing } from './selection/crossing.ts';
import { blackholed, resets } from './selection/failover.ts';
import { network } from './selection/network.ts';
import { report } from './selection/report.ts';
import type { Row } from './selection/row.ts';
import { createClientHello, startSite } from './selection/site.ts';
import { steady } from './selection/steady.ts';

const { values } = parseArgs({ options: { full: { type: 'boolean', default: false }, only: { type: 'string' } } });
const { full, only } = values;
const resolutionMs = 5;
const delay = monitorEventLoopDelay({ resolution: resolutionMs });
delay.enable();

await using site = await startSite();
const clientHello = await createClientHello();
const parts: Record<string, () => Row[] | Promise<Row[]>> = {
  steady: () => steady(site, full ? 20_000 : 8000),
  resets: () => resets(site, clientHello, full ? 60_000 : 3000),
  blackholed: () => blackholed(site, clientHello),
  censored: () => censored(site),
  network: () => network(site),
  few: () => fewAlive(site, full ? 20 : 5),
  many: () => manyLinks(site, full ? 5 : 1),
  crossing: twoCrossing,
  balancer: () => balancer(site),
};

const rows: Row[] = [];
for (const [name, run] of Object.entries(parts)) {
  if (only !== undefined && only !== name) continue;
  const found = await run();
  for (const { what, must, measured, isMet } of found)
    console.error(`${isMet === false ? 'MISSED' : 'ok'}  ${what}: ${measured} (${must})`);
  rows.push(...found);
}

const command = `npm run bench:selection${full ? ' -- --full' : ''}`;
const text = report(rows, delay.percentile(99) / 1e6 - resolutionMs);
if (only === undefined) writeSection('Selection', command, text);
else console.log(text);
