import { networkInterfaces } from 'node:os';
import type { RefusingSite } from '../../../preload/contract.ts';
import { checkDirectly } from '../direct-check.ts';
import { Network } from '../network.ts';
import type { Destination, Outbound } from '../outbound.ts';
import { type ProxyEntry, ProxyList } from '../proxy-list.ts';
import { createSteadyClock } from '../steady-clock.ts';
import { DatagramPool } from './datagram-pool.ts';
import { FaultFinder, type Trouble } from './fault-finder.ts';
import { Lessons } from './lessons.ts';
import { Pool } from './pool.ts';
import { Prober } from './prober.ts';
import { isFailing } from './record.ts';
import { Rounds } from './rounds.ts';
import { StuckStreams } from './stuck-streams.ts';
import { learnTrait } from './traits.ts';
import { WarmTunnels } from './warm.ts';

export interface SelectionOptions {
  readonly probes: readonly string[];
  readonly directChecks: readonly Destination[];
  readonly isDirectCheckAllowed: () => boolean;
  /** Anything about the proxies or the network changed. */
  readonly onChange: () => void;
}

/** All that chooses proxies and keeps them known. */
export interface Selection {
  readonly proxies: ProxyList;
  readonly prober: Prober;
  /** The pool. */
  readonly outbound: Outbound;
  /** What keeps proxies from working and is not their fault; null: nothing known. */
  trouble(): Trouble | null;
  /** The site that lately failed while proxies work. What changes here is not told by `onChange`: a page may make it change all the time. */
  refusingSite(): RefusingSite | null;
  /** The computer woke up. */
  wake(): void;
  /** Searches for ten good ones, then watches the network and probes from time to time, until `stop`. */
  start(): void;
  stop(): void;
}

export function createSelection({ probes, directChecks, isDirectCheckAllowed, onChange }: SelectionOptions): Selection {
  const now = createSteadyClock();
  const stopping = new AbortController();
  const changed = () => {
    for (const each of [rounds, lessons]) each.look();
    onChange();
  };
  const network = new Network({ readInterfaces: networkInterfaces, now, onChange: () => networkChanged() });
  const faults = new FaultFinder({
    proxies: () => proxies,
    isNetworkUp: () => network.isUp,
    checkDirectly: () => (isDirectCheckAllowed() ? checkDirectly(directChecks, stopping.signal) : null),
    now,
    onChange,
  });
  const proxies = new ProxyList(changed, now, faults);
  const prober = new Prober(proxies, probes, onChange);
  const rounds = new Rounds({ proxies, prober, now, random: Math.random });
  const lessons = new Lessons({ proxies, now, learn: (trait, entry, signal) => learnTrait(trait, entry, prober.anyAddress(), signal) });
  const onDoubt = prober.recheck.bind(prober);
  const warm = new WarmTunnels({ isActive: (entry) => entry === proxies.current, now: () => performance.now(), onDoubt });
  const streams = new StuckStreams<ProxyEntry>({ isDead: ({ record }) => isFailing(record), onDoubt, now });
  const pool = new Pool({ proxies, warm, now, onDoubt, onStream: (entry, stream) => streams.add(entry, stream) });
  const datagrams = new DatagramPool({ proxies, now, onDoubt });
  const networkChanged = () => {
    warm.drop();
    for (const each of [faults, proxies, rounds, streams, pool, datagrams]) each.networkChanged();
    onChange();
  };

  return {
    proxies,
    prober,
    outbound: joined(pool, datagrams, () => rounds.used()),
    trouble: () => faults.trouble,
    refusingSite: () => pool.site.refusing(now()),
    wake: () => network.wake(),
    start() {
      for (const each of [network, rounds, streams]) each.start();
      prober.startSearch();
      prober.search(proxies.all());
    },
    stop() {
      stopping.abort();
      warm.drop();
      for (const each of [prober, lessons, network, rounds, streams]) each.stop();
    },
  };
}

/** The pool for streams and the one for datagrams as one outbound; `onUse` is called at each connection and each way. */
function joined(pool: Pool, datagrams: DatagramPool, onUse: () => void): Outbound {
  return {
    label: pool.label,
    connect(destination, signal) {
      onUse();
      return pool.connect(destination, signal);
    },
    patienceMs: (stream) => pool.patienceMs(stream),
    observe: (stream, outcome) => pool.observe(stream, outcome),
    openDatagrams(signal) {
      onUse();
      return datagrams.open(signal);
    },
  };
}
