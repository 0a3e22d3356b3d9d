import type { StoredProxy } from './database.ts';
import type { Outbound, ProxyClient, ProxyDefinition } from './outbound.ts';
import type { ProxyEntry, Traits } from './proxy-list.ts';
import { type HealthRecord, remembered, untested } from './selection/record.ts';

/** A proxy of the database, in memory. Its client is made when it is first used: most proxies of a public list never are. */
export class ImportedProxy implements ProxyEntry {
  readonly id: string;
  definition: ProxyDefinition;
  readonly source: string;
  record: HealthRecord;
  traits: Traits = { waits: null, pipelines: null };
  testing = false;
  excluded: boolean;
  readonly #direct: Outbound;
  #client: ProxyClient | undefined;

  /** `direct` leads to the proxy. */
  constructor({ id, measurement, source, excluded }: StoredProxy, definition: ProxyDefinition, direct: Outbound) {
    this.id = id;
    this.definition = definition;
    this.source = source;
    this.record = measurement === null ? untested : remembered(measurement);
    this.excluded = excluded;
    this.#direct = direct;
  }

  get client(): ProxyClient {
    this.#client ??= this.definition.createClient(this.#direct);
    return this.#client;
  }
}
