import { type LookupAddress, lookup as lookUpHere } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { createNameHelper, type Found } from './name-helper.ts';

/** Node asks the system for two names at a time; others wait behind them, each for seconds where nobody answers for a name. */
const mostHere = 2;
/** A name that was found is not asked for again so soon: the connections of a page need not wait for it, whatever is searched meanwhile. */
const knownMs = 60_000;
const mostKnown = 1000;

export interface NamesOptions {
  readonly mostHere?: number; // 2 unless told: lookups under way in this process
  readonly helperIdleMs?: number; // 10,000 unless told: how long the other process outlives its last lookup
}

/**
 * Looks proxies' names up as the system does (hosts file, its own encrypted DNS and all), for sockets. A list of thousands of names is looked up in
 * a process of its own, which asks for many at a time and lives only while it is needed.
 */
export function createNames({ mostHere: most = mostHere, helperIdleMs = 10_000 }: NamesOptions = {}): LookupFunction {
  const helper = createNameHelper(lookUpAll, helperIdleMs);
  const known = new Map<string, { readonly addresses: LookupAddress[]; readonly until: number }>(); // oldest first
  let underWay = 0;
  const find = (name: string, found: Found) => {
    if (underWay >= most) return helper.find(name, found);
    underWay++;
    lookUpAll(name, (error, addresses) => {
      underWay--;
      found(error, addresses);
    });
  };
  const remember = (name: string, addresses: LookupAddress[]) => {
    known.delete(name);
    known.set(name, { addresses, until: performance.now() + knownMs });
    if (known.size > mostKnown) known.delete(known.keys().next().value as string);
  };
  return (name, options, callback) => {
    const answer = toAnswer(options.all === true, callback);
    const before = known.get(name);
    if (before && performance.now() < before.until) return void process.nextTick(answer, null, before.addresses);
    find(name, (error, addresses) => {
      if (error === null) remember(name, addresses);
      answer(error, addresses);
    });
  };
}

function lookUpAll(name: string, found: Found): void {
  lookUpHere(name, { all: true }, (error, addresses) => found(error, addresses ?? []));
}

function toAnswer(isAll: boolean, callback: Parameters<LookupFunction>[2]): Found {
  return (error, addresses) => {
    const [first] = addresses;
    if (error !== null || isAll) callback(error, addresses);
    else callback(null, first?.address ?? '', first?.family);
  };
}
