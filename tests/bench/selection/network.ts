import { setTimeout as sleep } from 'node:timers/promises';
import { type Lab, startLab } from '../../rigs/lab.ts';
import type { Rig } from '../../rigs/loopback-server.ts';
import { load, request } from './load.ts';
import { type Program, startProgram } from './program.ts';
import { login, ms, type Row, roundTripMs } from './row.ts';
import { httpRequest } from './site.ts';

const perSecond = 5;
const goneMs = 15_000; // long enough to be noticed as a sleep
const watchedMs = 5000;
const allowedMs = 3000;

/** The network falls silent for a while, with somebody at the computer or while it sleeps: how long after its return the first page comes. */
export async function network(site: Rig): Promise<Row[]> {
  return [
    await returning('Network silent for 15 s, requests all the time: first page after its return', site, async (program) => {
      void load(perSecond, goneMs, () => request(program.endpoint, site, httpRequest));
      await sleep(goneMs);
    }),
    await returning('Computer asleep for 15 s: first page after it wakes', site, async ({ pid }) => {
      process.kill(pid, 'SIGSTOP');
      await sleep(goneMs);
      process.kill(pid, 'SIGCONT');
    }),
  ];
}

async function returning(what: string, site: Rig, absence: (program: Program) => Promise<void>): Promise<Row> {
  await using lab = await startLab(Array(4).fill({ roundTripMs }), { login });
  await using program = await startProgram(
    lab.proxies.map(({ link }) => link),
    site,
  );
  await program.state(({ proxies, testing }) => proxies.working === 4 && testing === null);
  await load(perSecond, 1000, () => request(program.endpoint, site, httpRequest));
  become(lab, { roundTripMs, fault: 'blackhole' });
  await absence(program);
  become(lab, { roundTripMs });
  const returnedMs = performance.now();
  const samples = await load(perSecond, watchedMs, () => request(program.endpoint, site, httpRequest));
  const pages = samples.filter(({ firstByteMs }) => firstByteMs !== null).map(({ endedMs }) => endedMs);
  const firstMs = Math.min(...pages) - returnedMs;
  return { what, must: `<= ${ms(allowedMs)}`, measured: ms(firstMs), isMet: firstMs <= allowedMs };
}

function become(lab: Lab, behaviour: Parameters<Lab['proxies'][number]['become']>[0]): void {
  for (const proxy of lab.proxies) proxy.become(behaviour);
}
