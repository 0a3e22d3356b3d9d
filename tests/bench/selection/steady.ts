import { setTimeout as sleep } from 'node:timers/promises';
import { SocksClient } from 'socks';
import { startLab } from '../../rigs/lab.ts';
import type { Rig } from '../../rigs/loopback-server.ts';
import { failures, firstBytes, load, request } from './load.ts';
import { startProgram } from './program.ts';
import { login, type Row, roundTripMs } from './row.ts';
import { httpRequest } from './site.ts';
import { median, quantile } from './statistics.ts';

const perSecond = 8;
/** What each proxy tolerates is learned beside the first traffic, with connections that wait; they are not to be counted. */
const learningMs = 12_000;
const allowed = { roundTrips: 1.15, extraShare: 0.05, waiting: 4 };

/** Steady traffic through one good proxy of three: how long until the first byte, and what it costs in connections. */
export async function steady(site: Rig, measuredMs: number): Promise<Row[]> {
  await using lab = await startLab([{ roundTripMs }, { roundTripMs: 2 * roundTripMs }, { roundTripMs: 3 * roundTripMs }], { login });
  const naive = await Promise.all(Array.from({ length: 10 }, () => perConnection(lab.proxies[0] as Rig, site)));
  const pathMs = Math.min(...naive.map((sample) => sample.pathMs)); // what is left of it is the machine's lateness, and ours to bear
  const inRoundTrips = (totalMs: number) => (totalMs - pathMs) / roundTripMs;

  await using program = await startProgram(
    lab.proxies.map(({ link }) => link),
    site,
  );
  await program.state(({ proxies, testing }) => proxies.working === 3 && testing === null);
  const ask = () => request(program.endpoint, site, httpRequest);
  await load(perSecond, learningMs, ask);
  const before = await quiet();
  const samples = await load(perSecond, measuredMs, ask);
  const after = await quiet();

  /** What has been opened and what waits, once nothing is under way. */
  async function quiet() {
    await sleep(8 * roundTripMs);
    return { accepted: lab.accepted(), waiting: lab.proxies.reduce((sum, { waiting }) => sum + waiting, 0) };
  }
  const times = firstBytes(samples);
  const typical = inRoundTrips(median(times));
  const extra = after.accepted - before.accepted - samples.length - (after.waiting - before.waiting);
  return [
    {
      what: 'Time to first byte beyond the path to the site, steady traffic, SOCKS5 with login',
      must: `<= ${allowed.roundTrips} round trips`,
      measured: `median ${typical.toFixed(2)}, p95 ${inRoundTrips(quantile(times, 0.95)).toFixed(2)}; ${failures(samples)} of ${samples.length} failed`,
      isMet: typical <= allowed.roundTrips && failures(samples) === 0,
    },
    {
      what: 'The same, a client that opens per connection (`socks`)',
      must: '4 round trips',
      measured: `median ${inRoundTrips(median(naive.map(({ totalMs }) => totalMs))).toFixed(2)}`,
      isMet: null,
    },
    {
      what: 'Extra connections by hedging and warming, steady traffic',
      must: `<= ${allowed.extraShare * 100} %, <= ${allowed.waiting} waiting`,
      measured: `${extra} extra for ${samples.length} requests, ${before.waiting} waiting before, ${after.waiting} after`,
      isMet: extra <= samples.length * allowed.extraShare && Math.max(before.waiting, after.waiting) <= allowed.waiting,
    },
  ];
}

/** An ordinary client, straight to the proxy. */
async function perConnection(proxy: Rig, site: Rig): Promise<{ totalMs: number; pathMs: number }> {
  const startedMs = performance.now();
  const { socket } = await SocksClient.createConnection({
    proxy: { host: proxy.host, port: proxy.port, type: 5, userId: login.username, password: login.password },
    command: 'connect',
    destination: site,
  });
  const askedMs = performance.now();
  socket.write(httpRequest.bytes);
  await new Promise((resolve) => socket.once('data', resolve));
  const endedMs = performance.now();
  socket.destroy();
  return { totalMs: endedMs - startedMs, pathMs: endedMs - askedMs };
}
