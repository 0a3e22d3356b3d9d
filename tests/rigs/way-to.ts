import type { Outbound } from '../../main/engine/outbound.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';

/** A way to whichever server on loopback stands behind the name at the moment. As over another proxy, TLS gets a stream, and no socket of its own. */
export function wayTo(server: { port: number }): Outbound & { server: { port: number } } {
  const direct = createDirect();
  return {
    label: 'way',
    server,
    connect(_asked, signal) {
      return direct.connect({ host: '127.0.0.1', port: this.server.port }, signal);
    },
  };
}
