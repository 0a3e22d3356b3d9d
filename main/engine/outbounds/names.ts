import dns, { type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { createNameHelper, type Found } from './name-helper.ts';

/** Node asks the system for two names at a time; others wait behind them, each for seconds where nobody answers for a name. */
const mostHere = 2;
/** Nobody waits for a name that was found so short a time ago: the connections of a page are not held up, whatever is searched meanwhile. */
const knownMs = 60_000;
/** After this it is looked up beside: where it led may have been the lie of a network that wanted a login first. */
const freshMs = 3000;
const mostKnown = 1000;

export interface NamesOptions {
  readonly mostHere?: number; // 2 unless told: lookups under way in this process
  readonly helperIdleMs?: number; // 10,000 unless told: how long the other process outlives its last lookup
  readonly freshMs?: number; // 3,000 unless told: how long what was found is not asked for again
}

interface Known {
  readonly addresses: LookupAddress[];
  readonly since: number; // performance.now()
  asked: number; // when it was last looked up
}

/**
 * Looks proxies' names up as the system does (hosts file, its own encrypted DNS and all), for sockets. A list of thousands of names is looked up in
 * a process of its own, which asks for many at a time and lives only while it is needed.
 */
export function createNames(options: NamesOptions = {}): LookupFunction {
  const { mostHere: most = mostHere, helperIdleMs = 10_000, freshMs: isFreshMs = freshMs } = options;
  const helper = createNameHelper(lookUpAll, helperIdleMs);
  const known = new Map<string, Known>(); // oldest first
  let underWay = 0;
  const find = (name: string, found: Found) => {
    if (underWay >= most) return helper.find(name, found);
    underWay++;
    lookUpAll(name, (error, addresses) => {
      underWay--;
      found(error, addresses);
    });
  };
  const findAndRemember = (name: string, found: Found) =>
    find(name, (error, addresses) => {
      if (error === null) {
        const now = performance.now();
        known.delete(name);
        known.set(name, { addresses, since: now, asked: now });
        if (known.size > mostKnown) known.delete(known.keys().next().value as string);
      }
      found(error, addresses);
    });
  return (name, { all }, callback) => {
    const answer = toAnswer(all === true, callback);
    const now = performance.now();
    const before = known.get(name);
    if (before === undefined || now > before.since + knownMs) return findAndRemember(name, answer);
    process.nextTick(answer, null, before.addresses);
    if (now <= before.asked + isFreshMs) return;
    before.asked = now;
    findAndRemember(name, () => {});
  };
}

function lookUpAll(name: string, found: Found): void {
  dns.lookup(name, { all: true }, (error, addresses) => found(error, addresses ?? []));
}

function toAnswer(isAll: boolean, callback: Parameters<LookupFunction>[2]): Found {
  return (error, addresses) => {
    const [first] = addresses;
    if (error !== null || isAll) callback(error, addresses);
    else callback(null, first?.address ?? '', first?.family);
  };
}
