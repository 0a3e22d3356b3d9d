import type { Outbound, ProxyDefinition } from '../outbound.ts';

/**
 * A proxy as an Outbound: both halves under one signal. With another proxy's outbound as `via` it is the next hop of a chain. Nothing stays open
 * after a failure or an abort.
 */
export function createProxyOutbound(definition: ProxyDefinition, via: Outbound): Outbound {
  const client = definition.createClient(via);
  return {
    label: definition.label,
    async connect(destination, signal) {
      const tunnel = await client.open(signal);
      return tunnel.connect(destination, signal);
    },
  };
}
