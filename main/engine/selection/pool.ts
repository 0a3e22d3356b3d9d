import type { Duplex } from 'node:stream';
import { type ErrorCode, errorBlame } from '../../../preload/contract.ts';
import { EngineError } from '../errors.ts';
import type { Destination, Outbound, StreamOutcome } from '../outbound.ts';
import type { ProxyEntry, ProxyList } from '../proxy-list.ts';
import { Cuts } from './cuts.ts';
import { DestinationMemory } from './destination-memory.ts';
import { HedgeBudget } from './hedge-budget.ts';
import { connectPatience, firstBytePatienceMs, overdueMs } from './patience.ts';
import { type NewsSteps, race } from './race.ts';
import { codeOf, firstSteps, reach } from './reach.ts';
import { isWorking, type Timings, withTransfer } from './record.ts';
import { SiteWatch } from './site-watch.ts';
import { Suspicion } from './suspicion.ts';
import type { WarmTunnels } from './warm.ts';

/** When this many proxies say that the destination itself fails, the others would say the same. */
const enoughRefusals = 3;
/** When this many say so, or all that work where there are fewer, the person is told. */
const tellingRefusals = 2;
/** What 16 KiB count for that were cut: as much as if nobody would wait for them. */
const cutMs = 15_000;
/** An attempt may take four long round trips, not more. */
const attemptDeadlineMs = 6000;
/** All of them end before an application loses patience. */
const raceOptions = { atOnce: 3, deadlineMs: 10_000, discard: (loser: Duplex) => void loser.destroy() };

export interface PoolParts {
  readonly proxies: ProxyList;
  readonly warm: WarmTunnels;
  readonly now: () => number; // milliseconds since 1970
  readonly attemptMs?: number; // 6,000 unless told
  /** The proxy failed without saying whether it or the destination is to blame: a probe will tell. */
  readonly onDoubt: (entry: ProxyEntry) => void;
  /** A connection was made, and is in use from now on. */
  readonly onStream?: (entry: ProxyEntry, stream: Duplex) => void;
}

interface Way {
  readonly entry: ProxyEntry;
  readonly destination: Destination;
  readonly unheard?: Timings | undefined; // how it was connected, where the first byte is the first that is heard of it
}

/**
 * All proxies as one Outbound. Never direct: with no usable proxy `connect` rejects with `no-proxies` or `no-proxy-works`, or with the
 * destination's failure where a proxy told of one.
 */
export class Pool implements Outbound {
  readonly label = 'pool';
  /** Learns which destination fails though the proxies work. */
  readonly site = new SiteWatch();
  readonly #parts: PoolParts;
  readonly #budget = new HedgeBudget();
  readonly #memory = new DestinationMemory();
  #ways = new WeakMap<Duplex, Way>();
  readonly #suspicion = new Suspicion<ProxyEntry>();
  readonly #cuts = new Cuts<ProxyEntry>();
  readonly #waiting = new Map<ProxyEntry, Set<NewsSteps>>(); // connections under way, by the proxy that they tried first
  #networkChanges = 0;

  constructor(parts: PoolParts) {
    this.#parts = parts;
  }

  async connect(destination: Destination, signal: AbortSignal): Promise<Duplex> {
    for (;;) {
      const changes = this.#networkChanges;
      const begun: Begun[] = [];
      try {
        return await this.#connectOnce(destination, begun, signal);
      } catch (error) {
        this.#doubtCut(begun, destination);
        if (!signal.aborted && changes !== this.#networkChanges) continue;
        if (!(error instanceof AggregateError)) throw error;
        this.#judgeSite(begun, destination);
        throw summary(error.errors);
      }
    }
  }

  /** The network is another one, or this computer slept: what is under way in the old one waits in vain, and begins again. */
  networkChanged(): void {
    this.#networkChanges++;
    this.#ways = new WeakMap(); // that streams of the old one are cut is no proxy's fault
    this.site.networkChanged();
    for (const waiting of this.#waiting.values()) for (const { giveUp } of waiting) giveUp();
  }

  /** Tries the proxies in order, the next one when one fails or is slow; the first to connect wins. */
  async #connectOnce(destination: Destination, begun: Begun[], signal: AbortSignal): Promise<Duplex> {
    const { proxies, now, attemptMs = attemptDeadlineMs } = this.#parts;
    const candidates = this.#memory.inOrder(proxies.candidates(destination), destination, now());
    const [first] = candidates;
    if (first === undefined) throw new EngineError(proxies.usableCount === 0 ? 'no-proxies' : 'no-proxy-works');
    this.#budget.connected(now());
    const patience = (started: number) => (started < raceOptions.atOnce ? connectPatience((begun.at(-1)?.entry ?? first).record) : null);
    const isHopeless = () => first.record.reason !== null; // nothing to lose: those that fail are tried side by side
    const mayHedge = () => isHopeless() || this.#suspicion.isSuspect(first) || this.#budget.spend(now());
    const onNews = (steps: NewsSteps) => this.#listen(first, steps);
    const attempts = this.#attempts(candidates, destination, begun);
    const stream = await race(attempts, { ...raceOptions, attemptMs, patience, mayHedge, onNews }, signal);
    this.#judgeLosers(begun, stream);
    return stream;
  }

  patienceMs(stream: Duplex): number {
    return firstBytePatienceMs(this.#ways.get(stream)?.entry.record);
  }

  /** A stream that failed before its first byte, or was cut, counts for its destination: the next connection there takes another proxy. */
  observe(stream: Duplex, outcome: StreamOutcome): void {
    const way = this.#ways.get(stream);
    if (way === undefined) return;
    const { entry, destination, unheard } = way;
    const { proxies, now, onDoubt } = this.#parts;
    if (outcome.kind === 'transfer') proxies.rewrite(entry, withTransfer(entry.record, now(), outcome.ms));
    else if (outcome.kind === 'first-byte') {
      const { connectMs, ...others } = unheard ?? {};
      const connected = connectMs !== undefined && { connectMs: connectMs + outcome.ms };
      proxies.succeeded(entry, { ...others, ...connected, firstByteMs: outcome.ms });
      this.site.connected(destination.host);
    } else {
      this.#memory.failed(entry.id, destination, now());
      if (outcome.kind === 'failed') onDoubt(entry);
      else if (this.#cuts.cut(entry, destination.host, now())) proxies.rewrite(entry, withTransfer(entry.record, now(), cutMs));
    }
  }

  /** One more proxy than the first is worth trying when some proxy works at last, or when the first becomes suspect. */
  #listen(first: ProxyEntry, steps: NewsSteps): () => void {
    const waiting = this.#waiting.get(first) ?? new Set();
    this.#waiting.set(first, waiting.add(steps));
    const ignoreRescue = this.#parts.proxies.onRescue(steps.startAnother);
    return () => {
      ignoreRescue();
      waiting.delete(steps);
      if (waiting.size === 0) this.#waiting.delete(first);
    };
  }

  /** Those that began before the winner, and wait too long for what it has reached, have something to answer for: the others a probe asks. */
  #judgeLosers(begun: readonly Begun[], stream: Duplex): void {
    const winner = begun.find(({ entry }) => entry === this.#ways.get(stream)?.entry);
    for (const { entry, at, isCut } of begun) {
      if (isCut) this.#parts.proxies.failed(entry, 'proxy-closed');
      if (winner === undefined || at >= winner.at || !isWorking(entry.record)) continue;
      const isOverdue = performance.now() - at >= overdueMs(entry.record);
      if (isOverdue && this.#suspicion.beaten(entry, at)) this.#parts.proxies.failed(entry, 'proxy-timeout');
      else this.#parts.onDoubt(entry);
    }
  }

  /** Where no proxy gets through, those that hung up may do so for this destination alone: censors reset what names it. A probe asks each. */
  #doubtCut(begun: readonly Begun[], destination: Destination): void {
    const { onDoubt, now } = this.#parts;
    for (const { entry } of begun.filter(({ isCut }) => isCut)) {
      this.#memory.failed(entry.id, destination, now());
      onDoubt(entry);
    }
  }

  /** What one proxy says of the destination may be its own fault, and all the more where it is not known to work. */
  #judgeSite(begun: readonly Begun[], { host }: Destination): void {
    const { proxies, now } = this.#parts;
    const refusals = begun.flatMap(({ entry, refusal }) => (refusal !== null && isWorking(entry.record) ? refusal : []));
    const [code] = refusals;
    const isTelling = refusals.length >= proxies.best(tellingRefusals).length;
    if (code !== undefined && isTelling) this.site.failed({ host, code, proxies: refusals.length }, now());
  }

  *#attempts(candidates: readonly ProxyEntry[], destination: Destination, begun: Begun[]) {
    const { proxies } = this.#parts;
    const hadNone = proxies.current === null;
    const tried = new Set<ProxyEntry>();
    let refusals = 0;
    // Where none worked at first, one that has come to work since then is worth more than those that were guessed.
    const next = () => {
      const { current } = proxies;
      return hadNone && current !== null && !tried.has(current) ? current : candidates.find((entry) => !tried.has(entry));
    };
    for (let entry = next(); entry && refusals < enoughRefusals; entry = next()) {
      const chosen = entry;
      tried.add(chosen);
      yield async (signal: AbortSignal) => {
        const attempt: Begun = { entry: chosen, at: performance.now(), isCut: false, refusal: null };
        begun.push(attempt);
        try {
          return await this.#attempt(attempt, destination, signal);
        } catch (error) {
          if (isFromDestination(error)) refusals++;
          throw error;
        }
      };
    }
  }

  async #attempt(attempt: Begun, destination: Destination, signal: AbortSignal): Promise<Duplex> {
    const { proxies, onDoubt, onStream, warm } = this.#parts;
    const { entry, at: started } = attempt;
    const steps = firstSteps();
    const overdue = setTimeout(() => {
      onDoubt(entry);
      if (this.#suspicion.overdue(entry, started)) for (const { startAnother } of this.#waiting.get(entry) ?? []) startAnother();
    }, overdueMs(entry.record));
    try {
      const stream = await reach(entry, destination, { warm, steps }, signal);
      const tookMs = performance.now() - started;
      this.#suspicion.heard(entry, performance.now());
      const timings = steps.wasWarm || steps.wasAtOnce ? { tookMs } : { tookMs, connectMs: tookMs };
      const isHeard = entry.client.isUnanswered !== true;
      if (isHeard) proxies.succeeded(entry, timings);
      if (isHeard) this.site.connected(destination.host);
      if (signal.aborted) return stream; // it lost; the race closes it
      this.#ways.set(stream, { entry, destination, unheard: isHeard ? undefined : timings });
      onStream?.(entry, stream);
      warm.used(entry);
      return stream;
    } catch (error) {
      const code = codeOf(error, steps, signal);
      attempt.isCut = code === 'proxy-closed' && steps.wasOpened && isWorking(entry.record);
      if (errorBlame[code] === 'proxy' && !attempt.isCut) proxies.failed(entry, code);
      attempt.refusal = errorBlame[code] === 'destination' ? code : null;
      if (attempt.refusal !== null) this.#memory.failed(entry.id, destination, this.#parts.now());
      if (code === 'proxy-failed' || code === 'destination-timeout') onDoubt(entry);
      const isUnheard = errorBlame[code] === 'proxy' || code === 'destination-timeout';
      if (steps.wasAtOnce && isUnheard) entry.traits = { ...entry.traits, pipelines: null }; // to be learned anew
      throw new EngineError(code);
    } finally {
      clearTimeout(overdue);
    }
  }
}

interface Begun {
  readonly entry: ProxyEntry;
  readonly at: number; // performance.now()
  isCut: boolean; // the proxy, which worked, hung up when it was asked for the destination: who is to blame the others show
  refusal: ErrorCode | null; // what the proxy said of the destination
}

/** One answer for many failures: what a proxy said about the destination tells the person more than that others were dead. */
function summary(failures: readonly unknown[]): EngineError {
  return failures.find(isFromDestination) ?? new EngineError('no-proxy-works');
}

function isFromDestination(failure: unknown): failure is EngineError {
  return failure instanceof EngineError && failure.blame === 'destination';
}
