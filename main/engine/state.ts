import type { StoreApi } from 'zustand/vanilla';
import type { AppState, ProxyRow, RefusingSite, Status } from '../../preload/contract.ts';
import type { Meter } from './relay.ts';
import { needsNetwork, type Trouble } from './selection/fault-finder.ts';
import type { Selection } from './selection/selection.ts';
import { nextTraffic, noTraffic } from './traffic.ts';

export const initialState: AppState = {
  version: '',
  status: 'starting',
  endpoint: null,
  active: null,
  refusingSite: null,
  pinnedId: null,
  pinnedUntil: null,
  lastSwitch: null,
  groups: [],
  proxies: { total: 0, working: 0, failing: 0, untested: 0, notSpoken: 0 },
  proxiesRevision: 0,
  testing: null,
  importing: null,
  pending: null,
  subscriptions: [],
  traffic: noTraffic,
  notices: [],
  settings: { claimTelegramLinks: false, mode: 'automatic', group: null, allowDirectCheck: false, allowDirectFetch: false },
  systemProxy: null,
};

/** Changes are gathered this long, so that thousands of observations a second cost four new states. */
const gatherMs = 250;
const tickMs = 1000;
/** Measurements are no treasure: losing the last half minute costs one probe round. */
const saveMs = 30_000;

/** Makes the part of the state that follows from the proxies and the traffic, and keeps it fresh between `start` and `stop`. */
export class StatePublisher {
  readonly #parts: PublisherParts;
  #gathering: NodeJS.Timeout | undefined;
  #ticking: NodeJS.Timeout | undefined;
  #saving: NodeJS.Timeout | undefined;
  #tickedAt = 0;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#tickedAt = performance.now();
    this.#ticking = setInterval(() => this.#tick(), tickMs);
    this.#saving = setInterval(this.#parts.save, saveMs);
    this.#publish();
  }

  stop(): void {
    for (const timer of [this.#gathering, this.#ticking, this.#saving]) clearTimeout(timer);
    this.#parts.save();
    this.#parts.store.setState({ status: 'stopped', endpoint: null, active: null, refusingSite: null, testing: null });
  }

  /** Something about the proxies changed; the state follows within a quarter of a second. */
  changed(): void {
    this.#gathering ??= setTimeout(() => this.#publish(), gatherMs);
  }

  #publish(): void {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    const { store, selection } = this.#parts;
    const { proxies, prober } = selection;
    const counts = proxies.counts();
    const active = proxies.current && proxies.row(proxies.current);
    const testing = prober.progress();
    const status = statusOf({ counts, active, mayFind: mayFind(selection), trouble: selection.trouble() });
    store.setState(({ proxiesRevision }) => ({
      proxies: counts,
      active,
      refusingSite: this.#refusingSite(status),
      pinnedId: proxies.choice.pinnedId,
      lastSwitch: proxies.switches[0] ?? null,
      status,
      testing,
      proxiesRevision: proxiesRevision + 1,
    }));
  }

  /** Where nothing works, or nothing can, that is what the person has to know. */
  #refusingSite(status: Status): RefusingSite | null {
    return status === 'ready' ? this.#parts.selection.refusingSite() : null;
  }

  #tick(): void {
    const { store, meter } = this.#parts;
    const now = performance.now();
    const { traffic, status, refusingSite: shown } = store.getState();
    const refusingSite = this.#refusingSite(status);
    if (refusingSite !== shown) store.setState({ refusingSite });
    const counted = meter.upBytes + meter.downBytes === traffic.upBytes + traffic.downBytes; // a connection may open and close between ticks
    const idle = counted && traffic.connections + meter.connections === 0 && traffic.history.every(([up, down]) => up + down === 0);
    if (!idle) store.setState({ traffic: nextTraffic(traffic, meter, now - this.#tickedAt) });
    this.#tickedAt = now;
  }
}

export interface PublisherParts {
  readonly store: StoreApi<AppState>;
  readonly selection: Selection;
  readonly meter: Meter;
  /** Writes changed measurements: now and then, and at `stop`. */
  readonly save: () => void;
}

interface Known {
  readonly counts: AppState['proxies'];
  readonly active: ProxyRow | null;
  readonly mayFind: boolean;
  readonly trouble: Trouble | null;
}

/** The network's trouble is no concern of a proxy on this computer that works. Pure. */
export function statusOf({ counts, active, mayFind, trouble }: Known): Status {
  if (counts.total === counts.notSpoken) return 'no-proxies';
  if (trouble !== null && (active === null || needsNetwork(active.address))) return trouble;
  if (active !== null) return 'ready';
  return mayFind ? 'testing' : 'blocked';
}

/** Whether tests, under way or to come, may show that a proxy works which the person lets be used. */
function mayFind({ proxies, prober }: Selection): boolean {
  const { pinnedId, mode } = proxies.choice;
  const pinned = pinnedId === null ? undefined : proxies.get(pinnedId);
  if (pinned) return pinned.testing || pinned.record.testedAt === null;
  if (mode === 'manual') return false;
  const [next] = proxies.notWorking(); // those never tested come first
  return prober.progress() !== null || next?.record.testedAt === null;
}
