import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { createBulkTls } from '../bulk-socket.ts';
import { EngineError } from '../errors.ts';
import type { Destination, Outbound } from '../outbound.ts';
import { hostAndPort } from '../outbounds/destination.ts';
import { connected } from '../outbounds/direct.ts';
import { ignoreErrors, underSignal, untilEvent } from '../outbounds/under-signal.ts';
import { createGroups } from './tls-groups.ts';
import { createTickets } from './tls-tickets.ts';

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
  const learned = { tickets: createTickets(), groups: createGroups() };
  return {
    label: via.label,
    async connect(destination, signal) {
      const own = via.socketOptions?.(destination);
      const stream = own ? null : await via.connect(destination, signal);
      const socket = beginHandshake(destination, options, learned, (handshake) =>
        stream ? connect({ ...handshake, socket: stream }) : connectByItself({ ...handshake, ...own }),
      );
      return underSignal(socket, signal, async () => {
        if (own) (await connected(socket)).setNoDelay(own.noDelay).setKeepAlive(own.keepAlive, own.keepAliveInitialDelay);
        await secured(socket, options, (ticket) => learned.tickets.keep(hostAndPort(destination), ticket));
        learned.groups.learn(hostAndPort(destination), socket);
        return socket;
      });
    },
  };
}

function connectByItself(handshake: ConnectionOptions): TLSSocket {
  return createBulkTls((onread) => connect({ ...handshake, onread } as ConnectionOptions));
}

/** What earlier handshakes have taught. */
interface Learned {
  readonly tickets: ReturnType<typeof createTickets>;
  readonly groups: ReturnType<typeof createGroups>;
}

type Begin = (handshake: ConnectionOptions) => TLSSocket;

function beginHandshake(destination: Destination, options: TlsOptions, { tickets, groups }: Learned, begin: Begin): TLSSocket {
  const { alpn = ['http/1.1'], pins, insecure = false, serverName: name = destination.host, certificateNames = [name] } = options;
  const address = hostAndPort(destination);
  const areNamesChecked = pins === undefined && !insecure;
  const socket = begin({
    secureContext: groups.contextFor(address),
    session: tickets.take(address),
    ALPNProtocols: [...alpn],
    rejectUnauthorized: areNamesChecked,
    checkServerIdentity: () => (areNamesChecked ? checkNames(certificateNames, socket) : undefined),
    ...(isIP(name) ? {} : { servername: name }), // which may not be an address (RFC 6066, section 3)
  });
  // Node has the whole chain described for the check, which takes as long as all the cryptography. The check asks for what it needs.
  Object.assign(socket, { getPeerCertificate: () => ({}) });
  return ignoreErrors(socket);
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

/** The error for the last of the names where the proxy's certificate has none of them. A subject is no name any more (RFC 9525). */
function checkNames(names: readonly string[], socket: TLSSocket): Error | undefined {
  const subjectaltname = socket.getPeerX509Certificate()?.subjectAltName;
  const errors = names.map((name) => checkServerIdentity(name, { subjectaltname } as PeerCertificate));
  return errors.includes(undefined) ? undefined : errors.at(-1);
}

function isTlsError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (/^ERR_(SSL|TLS)_/.test(String(error.code)) || error.code === 'EPROTO');
}
