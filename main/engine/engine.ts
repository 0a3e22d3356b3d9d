/** START HERE. Wires inbound, pool, prober, links and database; offers commands and one state. Plain Node, no Electron. */
import type { Logger } from 'pino';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { AppState, EngineCommands } from '../../preload/contract.ts';
import { createCommands } from './commands.ts';
import { type Database, type Measurement, openDatabase } from './database.ts';
import { defaultDirectChecks } from './direct-check.ts';
import { EngineError } from './errors.ts';
import { Importer } from './importer.ts';
import { createInbound } from './inbound/inbound.ts';
import type { Destination } from './outbound.ts';
import { createDirect } from './outbounds/direct.ts';
import { Pin } from './pin.ts';
import type { Platform } from './platform.ts';
import type { ProxyList } from './proxy-list.ts';
import type { Meter } from './relay.ts';
import { defaultProbeUrls } from './selection/probe.ts';
import { createSelection } from './selection/selection.ts';
import { initialState, StatePublisher } from './state.ts';
import { Subscriptions } from './subscriptions/subscriptions.ts';

export interface EngineOptions {
  readonly platform: Platform;
  /** Where applications connect; port 0 means any free one. Anything but loopback needs `login`. */
  readonly listen: { readonly host: string; readonly port: number };
  readonly login?: { readonly username: string; readonly password: string };
  /** Subscriptions may be fetched without a proxy too until `stop`, whatever the person's setting says. */
  readonly allowDirectFetch?: boolean;
  /** HTTP(S) addresses for probes in place of the usual ones. */
  readonly probes?: readonly string[];
  /** Where the one direct connection goes that the person may allow, in place of the usual addresses. */
  readonly directChecks?: readonly Destination[];
  readonly log: Logger;
}

export interface Engine {
  readonly commands: EngineCommands;
  readonly store: StoreApi<AppState>;
  /** Opens the database and listens; resolves with the endpoint. Rejects with EngineError, or with Node's error where the port cannot be had. */
  start(): Promise<{ host: string; port: number }>;
  /** Stops accepting, lets streams drain at most two seconds, saves, closes. */
  stop(): Promise<void>;
  /** Text that came from a link click: shown as `state.pending`, imported only after the person's yes. */
  offerImport(text: string): Promise<void>;
  /** For who is told by the system that the computer woke up; where nobody is, the engine notices within seconds. */
  wake(): void;
}

const drainMs = 2000;

/** Nothing happens before `start`. */
export function createEngine({ platform, listen, login, probes, directChecks = defaultDirectChecks, log, ...rest }: EngineOptions): Engine {
  let opened: Database | undefined;
  const database = () => {
    if (opened === undefined) throw new EngineError('internal', 'the engine is not running');
    return opened;
  };
  const store = createStore<AppState>(() => ({ ...initialState, version: platform.version }));
  const meter: Meter = { upBytes: 0, downBytes: 0, connections: 0 };
  const selection = createSelection({
    probes: probes?.length ? probes : defaultProbeUrls,
    directChecks,
    isDirectCheckAllowed: () => store.getState().settings.allowDirectCheck,
    onChange: () => publisher.changed(),
  });
  const { proxies, prober } = selection;
  const publisher = new StatePublisher({ store, selection, meter, save: () => saveMeasurements(database(), proxies, log) });
  const direct = createDirect();
  const importer = new Importer({ store, proxies, prober, direct, database, subscribe: (addresses) => subscriptions.add(addresses) });
  const pin = new Pin({ store, proxies, database });
  const subscriptions: Subscriptions = new Subscriptions({ store, proxies, selection, importer, pin, direct, database });
  const inbound = createInbound({ outbound: selection.outbound, meter, ...(login && { login }) });

  return {
    store,
    commands: createCommands({ store, proxies, prober, importer, subscriptions, pin, database }),
    async start() {
      opened = openDatabase(platform);
      await importer.load();
      if (rest.allowDirectFetch) store.setState(({ settings }) => ({ settings: { ...settings, allowDirectFetch: true } }));
      pin.load();
      subscriptions.load();
      const endpoint = await inbound.listen(listen.host, listen.port);
      store.setState({ endpoint: { ...endpoint, needsLogin: login !== undefined } });
      for (const each of [publisher, selection, subscriptions]) each.start();
      log.info({ endpoint, proxies: proxies.all().length }, 'listening');
      return endpoint;
    },
    async stop() {
      for (const each of [selection, importer, subscriptions, pin]) each.stop();
      await inbound.close(drainMs);
      if (opened !== undefined) publisher.stop();
      opened?.close();
      opened = undefined;
    },
    offerImport: (text) => importer.offer(text),
    wake: selection.wake,
  };
}

/** A full disk is no reason to end, nor to end otherwise than asked to. */
function saveMeasurements(database: Database, proxies: ProxyList, log: Logger): void {
  try {
    database.saveMeasurements(measurements(proxies));
  } catch (error) {
    log.warn({ error }, 'measurements not saved');
  }
}

function measurements(proxies: ProxyList): Map<string, Measurement> {
  return new Map(
    proxies
      .takeChanged()
      .map(({ id, record }) => [id, { ...record, testedAt: record.testedAt ?? 0, latencyMs: record.latency?.value ?? null }]),
  );
}
