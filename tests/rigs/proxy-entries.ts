import { parseLink } from '../../main/engine/links/index.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import type { ProxyEntry } from '../../main/engine/proxy-list.ts';
import { untested, withSuccess } from '../../main/engine/selection/record.ts';

/** A rig as the proxy list holds it; its id is its port. With a latency, it has been measured. `start` is all of its link before the address. */
export function entryOf({ host, port }: { host: string; port: number }, latencyMs?: number, start = 'socks5://'): ProxyEntry {
  const definition = parseLink(`${start}${host}:${port}`);
  const record = latencyMs === undefined ? untested : withSuccess(untested, Date.now(), { latencyMs });
  return {
    id: String(port),
    definition,
    client: definition.createClient(createDirect()),
    source: '',
    record,
    traits: { waits: null, pipelines: null },
    testing: false,
    excluded: false,
  };
}
