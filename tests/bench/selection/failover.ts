import { setTimeout as sleep } from 'node:timers/promises';
import { type LabProxy, startLab } from '../../rigs/lab.ts';
import type { Rig } from '../../rigs/loopback-server.ts';
import { failures, firstBytes, load, request, type Sample } from './load.ts';
import { startProgram } from './program.ts';
import { login, ms, type Row, roundTripMs } from './row.ts';
import { type Flight, httpRequest } from './site.ts';
import { median, quantile } from './statistics.ts';

const perSecond = 200;
const spansMs = { warmUp: 2000, before: 1500, after: 3000 };
const allowed = { addedMs: 150, firstSecondMs: 1800, backMs: 1000 };

/** What applications saw of a fault: how they fared before it, and those that it could concern. */
interface Outcome {
  readonly before: readonly Sample[];
  readonly concerned: readonly Sample[]; // under way when it came, or begun in the second after
  readonly all: readonly Sample[];
  readonly at: number;
}

/** 200 new connections a second, and in their midst this happens to the proxy in use. */
async function strike(site: Rig, flight: Flight, fault: 'refuse' | 'blackhole', afterMs = spansMs.after): Promise<Outcome> {
  await using lab = await startLab(Array(4).fill({ roundTripMs }), { login });
  await using program = await startProgram(
    lab.proxies.map(({ link }) => link),
    site,
  );
  await program.state(({ proxies, testing }) => proxies.working === 4 && testing === null);
  const loading = load(perSecond, spansMs.warmUp + spansMs.before + afterMs, () => request(program.endpoint, site, flight));
  await sleep(spansMs.warmUp + spansMs.before);
  busiest(lab.proxies).become({ roundTripMs, fault });
  const at = performance.now();
  const all = await loading;
  return {
    all,
    at,
    before: all.filter(({ startedMs, endedMs }) => startedMs > at - spansMs.before && endedMs < at),
    concerned: all.filter(({ startedMs, endedMs }) => endedMs >= at && startedMs < at + 1000),
  };
}

const busiest = (proxies: readonly LabProxy[]): LabProxy => proxies.reduce((most, proxy) => (proxy.open > most.open ? proxy : most));

/**
 * As with a blackhole, the new connections of the first second count. Told beside them: all that begin in `afterMs` from the reset on, and
 * those that were under way, which lose what they had and begin again with another proxy.
 */
export async function resets(site: Rig, clientHello: Flight, afterMs: number): Promise<Row[]> {
  const { before, concerned, all, at } = await strike(site, clientHello, 'refuse', afterMs);
  const usualMs = quantile(firstBytes(before), 0.99);
  const addedMs = (samples: readonly Sample[]) => quantile(firstBytes(samples), 0.99) - usualMs;
  const isNew = ({ startedMs }: Sample) => startedMs > at;
  const addedToNewMs = addedMs(concerned.filter(isNew));
  const underWay = concerned.filter((sample) => !isNew(sample));
  const plain = await strike(site, httpRequest, 'refuse');
  return [
    {
      what: `Active proxy reset under ${perSecond} new connections a second`,
      must: `0 fail, added p99 <= ${ms(allowed.addedMs)}`,
      measured: `${failures(all)} of ${all.length} fail, added p99 of the first second ${ms(addedToNewMs)}, of ${afterMs / 1000} s ${ms(addedMs(all.filter(isNew)))}, of the ${underWay.length} already under way ${ms(addedMs(underWay))} (p99 before ${ms(usualMs)})`,
      isMet: failures(all) === 0 && addedToNewMs <= allowed.addedMs,
    },
    {
      what: 'The same with plain HTTP, whose requests must never be sent twice',
      must: 'only requests already sent may fail',
      measured: `${failures(plain.all)} of ${plain.all.length} fail, ${failures(plain.all.filter(({ startedMs }) => startedMs > plain.at))} of them begun after it`,
      isMet: failures(plain.all.filter(({ startedMs }) => startedMs > plain.at)) === 0,
    },
  ];
}

export async function blackholed(site: Rig, clientHello: Flight): Promise<Row[]> {
  const { before, concerned, all, at } = await strike(site, clientHello, 'blackhole');
  const p99 = quantile(firstBytes(concerned.filter(({ startedMs }) => startedMs > at)), 0.99);
  const underWayMs = quantile(firstBytes(concerned.filter(({ startedMs }) => startedMs <= at)), 0.99);
  const usualMs = median(firstBytes(before));
  const backMs = timeBack(all, at, usualMs);
  return [
    {
      what: `Active proxy blackholed under ${perSecond} new connections a second`,
      must: `0 fail, p99 of the first second <= ${ms(allowed.firstSecondMs)}, p50 back within ${ms(allowed.backMs)}`,
      measured: `${failures(all)} of ${all.length} fail, p99 ${ms(p99)} (of those already under way ${ms(underWayMs)}), p50 back after ${ms(backMs)} (before ${ms(usualMs)})`,
      isMet: failures(all) === 0 && p99 <= allowed.firstSecondMs && backMs <= allowed.backMs,
    },
  ];
}

const bucketMs = 100;
const normal = 1.25; // times what was usual

/** From when on, in steps of 100 ms, the median of the requests that begin in each step is as before, and stays so for half a second. */
function timeBack(samples: readonly Sample[], at: number, usualMs: number): number {
  const isNormal = (fromMs: number) => {
    const bucket = samples.filter(({ startedMs }) => startedMs >= at + fromMs && startedMs < at + fromMs + bucketMs);
    return median(firstBytes(bucket)) <= usualMs * normal;
  };
  for (let fromMs = 0; fromMs < spansMs.after - 5 * bucketMs; fromMs += bucketMs) {
    if ([0, 1, 2, 3, 4].every((step) => isNormal(fromMs + step * bucketMs))) return fromMs;
  }
  return Number.POSITIVE_INFINITY;
}
