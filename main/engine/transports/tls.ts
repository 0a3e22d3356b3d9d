import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect, type PeerCertificate, type SecureContext, type TLSSocket } from 'node:tls';
import { createBulkTls } from '../bulk-socket.ts';
import { EngineError } from '../errors.ts';
import type { Outbound } from '../outbound.ts';
import { hostAndPort } from '../outbounds/destination.ts';
import { directError } from '../outbounds/direct-error.ts';
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
      const address = hostAndPort(destination);
      const own = via.socketOptions?.(destination);
      const stream = own ? null : await via.connect(destination, signal);
      const known = { context: learned.groups.contextFor(address), ticket: learned.tickets.take(address) };
      const socket = beginHandshake(destination.host, options, known, (handshake) =>
        stream ? connect({ ...handshake, socket: stream }) : connectByItself({ ...handshake, ...own }),
      );
      return underSignal(socket, signal, async () => {
        let isConnected = !own;
        const onConnect = () => {
          isConnected = true;
          socket.setNoDelay(own?.noDelay).setKeepAlive(own?.keepAlive, own?.keepAliveInitialDelay);
        };
        if (own) socket.once('connect', onConnect);
        if (!options.pins) socket.on('session', (ticket) => learned.tickets.keep(address, ticket));
        await secured(socket, () => isConnected);
        if (options.pins) checkPin(socket, options.pins);
        learned.groups.learn(address, socket);
        return socket;
      });
    },
  };
}

function connectByItself(handshake: ConnectionOptions): TLSSocket {
  return createBulkTls((onread) => connect({ ...handshake, onread } as ConnectionOptions));
}

/** What earlier handshakes with the same address have taught. */
interface Known {
  readonly context: SecureContext;
  readonly ticket: Buffer | undefined;
}

type Begin = (handshake: ConnectionOptions) => TLSSocket;

function beginHandshake(host: string, options: TlsOptions, { context, ticket }: Known, begin: Begin): TLSSocket {
  const { alpn = ['http/1.1'], pins, insecure = false, serverName: name = host, certificateNames = [name] } = options;
  const areNamesChecked = pins === undefined && !insecure;
  const socket = begin({
    secureContext: context,
    session: ticket,
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
async function secured(socket: TLSSocket, isConnected: () => boolean): Promise<void> {
  try {
    await untilEvent(socket, 'secureConnect');
  } catch (error) {
    if (!isConnected()) throw directError(error);
    if (socket.authorizationError) throw new EngineError('proxy-certificate', String(socket.authorizationError));
    throw new EngineError(isTlsError(error) ? 'proxy-protocol' : 'proxy-closed');
  }
}

/** Of the proxy's own certificate: anybody can send along those of an authority. */
function checkPin(socket: TLSSocket, pins: readonly string[]): void {
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
