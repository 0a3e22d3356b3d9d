import { isIP, type TcpNetConnectOpts } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  type ConnectionOptions,
  checkServerIdentity,
  connect,
  createSecureContext,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { createBulkTls } from '../bulk-socket.ts';
import { EngineError } from '../errors.ts';
import type { Destination, Outbound } from '../outbound.ts';
import { hostAndPort } from '../outbounds/destination.ts';
import { connected } from '../outbounds/direct.ts';
import { ignoreErrors, underSignal, untilEvent } from '../outbounds/under-signal.ts';
import { createTickets, type Tickets } from './tls-tickets.ts';

export interface TlsOptions {
  /** Which name is asked for and must be on the certificate, where that is not the destination's. */
  readonly serverName?: string;
  /** Names of which the certificate must have one, where that is not the one that is asked for. */
  readonly certificateNames?: readonly string[];
  /** What is offered (RFC 7301); only HTTP/1.1 unless told. What the other side chooses makes no difference. */
  readonly alpn?: readonly string[];
  /** SHA-256 of certificates, in hexadecimal. The proxy must show one of them, which is then all that is checked. */
  readonly pins?: readonly string[];
  /** Nothing is checked, unless there are pins: the link asks for it. */
  readonly insecure?: boolean;
}

/**
 * TLS over any outbound, for the way to a proxy: the certificate must be valid for the name or address, by the authorities that come with
 * Node and not by the system's, which an employer or a state may have added to. Errors are those of `via`, `proxy-certificate`,
 * `proxy-protocol` (not TLS) and `proxy-closed`. Sessions are taken up again, with the same options alone, but not where there are pins: a
 * resumed session shows no certificate. Nothing is said before the handshake is over.
 */
export function createTls(via: Outbound, options: TlsOptions = {}): Outbound {
  const tickets = createTickets();
  const describe = (destination: Destination) => describeHandshake(destination, options, tickets);
  return {
    label: via.label,
    async connect(destination, signal) {
      const own = via.socketOptions?.(destination);
      const socket = own
        ? connectByItself(own, describe(destination))
        : connectOver(await via.connect(destination, signal), describe(destination));
      return underSignal(socket, signal, async () => {
        if (own) (await connected(socket)).setNoDelay(own.noDelay).setKeepAlive(own.keepAlive, own.keepAliveInitialDelay);
        await secured(socket, options, (ticket) => tickets.keep(hostAndPort(destination), ticket));
        return socket;
      });
    },
  };
}

function connectByItself(own: TcpNetConnectOpts, handshake: ConnectionOptions): TLSSocket {
  return ignoreErrors(createBulkTls((onread) => connect({ ...handshake, ...own, onread } as ConnectionOptions)));
}

function connectOver(stream: Duplex, handshake: ConnectionOptions): TLSSocket {
  return ignoreErrors(connect({ ...handshake, socket: stream }));
}

/** All authorities are in it: Node would otherwise make one for every connection, which takes half a millisecond. */
const shared: { context?: SecureContext } = {};

function describeHandshake(destination: Destination, options: TlsOptions, tickets: Tickets): ConnectionOptions {
  const { alpn = ['http/1.1'], pins, insecure = false, serverName: name = destination.host, certificateNames = [name] } = options;
  shared.context ??= createSecureContext();
  return {
    secureContext: shared.context,
    session: tickets.take(hostAndPort(destination)),
    ALPNProtocols: [...alpn],
    rejectUnauthorized: pins === undefined && !insecure,
    checkServerIdentity: (_asked, certificate) => checkNames(certificateNames, certificate),
    ...(isIP(name) ? {} : { servername: name }), // which may not be an address (RFC 6066, section 3)
  };
}

/** Node says so only once the certificate is accepted. */
async function secured(socket: TLSSocket, { pins }: TlsOptions, onTicket: (ticket: Buffer) => void): Promise<void> {
  if (!pins) socket.on('session', onTicket);
  try {
    await untilEvent(socket, 'secureConnect');
  } catch (error) {
    if (socket.authorizationError) throw new EngineError('proxy-certificate', String(socket.authorizationError));
    throw new EngineError(isTlsError(error) ? 'proxy-protocol' : 'proxy-closed');
  }
  if (!pins) return;
  // Of the proxy's own certificate: anybody can send along those of an authority.
  const shown = socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase();
  if (!(shown !== undefined && pins.includes(shown))) throw new EngineError('proxy-certificate', 'not the pinned one');
}

/** The error for the last of the names where the certificate has none of them. */
function checkNames(names: readonly string[], certificate: PeerCertificate): Error | undefined {
  const errors = names.map((name) => checkServerIdentity(name, certificate));
  return errors.includes(undefined) ? undefined : errors.at(-1);
}

function isTlsError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (/^ERR_(SSL|TLS)_/.test(String(error.code)) || error.code === 'EPROTO');
}
