import { setTimeout as sleep } from 'node:timers/promises';
import { startLab } from '../../rigs/lab.ts';
import type { Rig } from '../../rigs/loopback-server.ts';
import { createRandom, shuffled } from '../../rigs/random.ts';
import { request } from './load.ts';
import { type Observation, type Program, startProgram } from './program.ts';
import { login, ms, type Row, roundTripMs } from './row.ts';
import { httpRequest } from './site.ts';
import { median } from './statistics.ts';

const giveUpMs = 45_000;
const allowed = { fewMs: 3000, manyMs: 15_000, rssMb: 350, loopP99Ms: 30 };

interface FirstPage {
  readonly pageMs: number;
  readonly readyMs: number; // until the program knew a proxy that works
  readonly observed: Observation | undefined;
}

/** Links in random order, some alive, the rest blackholed: how long from the import to the first page of a person who tries until one comes. */
async function firstPage(links: number, alive: number, seed: number, site: Rig): Promise<FirstPage> {
  await using lab = await startLab([{ fault: 'blackhole' }, ...Array(alive).fill({ roundTripMs })], { login, seed });
  const [dead, ...living] = lab.proxies;
  const all = [...(dead?.links(links - alive) ?? []), ...living.map(({ link }) => link)];
  await using program = await startProgram(shuffled(all, createRandom(seed)), site);
  const ready = program
    .state(({ status }) => status === 'ready')
    .then(
      () => performance.now() - program.importedAt,
      () => Number.POSITIVE_INFINITY,
    );
  const pageMs = await tryUntilGood(program, site);
  const readyMs = await ready;
  const observed = links > 10_000 ? await settle(program) : undefined;
  return { pageMs, readyMs, observed };
}

async function tryUntilGood({ endpoint, importedAt }: Program, site: Rig): Promise<number> {
  while (performance.now() - importedAt < giveUpMs) {
    const { endedMs, firstByteMs } = await request(endpoint, site, httpRequest);
    if (firstByteMs !== null) return endedMs - importedAt;
    await sleep(50);
  }
  return Number.POSITIVE_INFINITY;
}

/** All is imported, and the search goes on or rests: what the program has told of itself by then. */
async function settle(program: Program): Promise<Observation | undefined> {
  await program.imported();
  await sleep(5000);
  return program.observed();
}

export async function fewAlive(site: Rig, seeds: number): Promise<Row[]> {
  const found: FirstPage[] = [];
  for (let seed = 1; seed <= seeds; seed++) found.push(await firstPage(1000, 10, seed, site));
  const times = found.map(({ pageMs }) => pageMs);
  return [
    {
      what: `1,000 links, 10 alive, the rest blackholed: first page after the import, median of ${seeds} seeds`,
      must: `<= ${ms(allowed.fewMs)}`,
      measured: `${ms(median(times))} (${ms(Math.min(...times))} to ${ms(Math.max(...times))}); a working proxy known after ${ms(median(found.map(({ readyMs }) => readyMs)))}`,
      isMet: median(times) <= allowed.fewMs,
    },
  ];
}

export async function manyLinks(site: Rig, seeds: number): Promise<Row[]> {
  const found: FirstPage[] = [];
  for (let seed = 1; seed <= seeds; seed++) found.push(await firstPage(50_000, 50, seed, site));
  const [pageMs, readyMs] = [median(found.map((page) => page.pageMs)), median(found.map((page) => page.readyMs))];
  const worst = (figure: keyof Observation) => Math.max(...found.map(({ observed }) => observed?.[figure] ?? Number.NaN));
  const [rssMb, loopP99Ms, loopMaxMs] = [worst('rssMb'), worst('loopP99Ms'), worst('loopMaxMs')];
  return [
    {
      what: `50,000 links, 50 alive: first page, median of ${seeds} seeds`,
      must: `<= ${ms(allowed.manyMs)}`,
      measured: `${ms(pageMs)}; a working proxy known after ${ms(readyMs)}`,
      isMet: pageMs <= allowed.manyMs,
    },
    {
      what: '50,000 links: resident memory, worst',
      must: `< ${allowed.rssMb} MB`,
      measured: `${rssMb.toFixed(0)} MB`,
      isMet: rssMb < allowed.rssMb,
    },
    {
      what: '50,000 links: event loop delay, p99, worst',
      must: `< ${ms(allowed.loopP99Ms)}`,
      measured: `${ms(loopP99Ms)} (longest ${ms(loopMaxMs)})`,
      isMet: loopP99Ms < allowed.loopP99Ms,
    },
  ];
}
