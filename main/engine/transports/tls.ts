import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, type TLSSocket } from 'node:tls';
import { EngineError } from '../errors.ts';
import type { Outbound } from '../outbound.ts';
import { ignoreErrors, underSignal, untilEvent } from '../outbounds/under-signal.ts';

/**
 * TLS over any outbound, for the way to a proxy: the certificate must be valid for the destination's name or address, by the authorities
 * that come with Node and not by the system's, which an employer or a state may have added to. Only HTTP/1.1 is offered (RFC 7301).
 * Errors are those of `via`, `proxy-certificate`, `proxy-protocol` (not TLS) and `proxy-closed`.
 */
export function createTls(via: Outbound): Outbound {
  return {
    label: via.label,
    async connect(destination, signal) {
      const stream = await via.connect(destination, signal);
      return underSignal(stream, signal, () => secure(stream, destination.host));
    },
  };
}

async function secure(stream: Duplex, host: string): Promise<TLSSocket> {
  const socket = ignoreErrors(
    // `host` is what the certificate is checked against where there is no `servername`, which may not be an address (RFC 6066, section 3).
    connect({ socket: stream, host, ALPNProtocols: ['http/1.1'], ...(isIP(host) ? {} : { servername: host }) }),
  );
  try {
    await untilEvent(socket, 'secureConnect');
  } catch (error) {
    if (socket.authorizationError) throw new EngineError('proxy-certificate', String(socket.authorizationError));
    throw new EngineError(isTlsError(error) ? 'proxy-protocol' : 'proxy-closed');
  }
  return socket;
}

function isTlsError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (/^ERR_(SSL|TLS)_/.test(String(error.code)) || error.code === 'EPROTO');
}
