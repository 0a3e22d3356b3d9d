import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6, type Socket } from 'node:net';
import { EngineError, errorCode } from '../errors.ts';
import type { Datagrams, Outbound } from '../outbound.ts';
import { isCarried } from '../outbounds/destination.ts';
import type { Meter } from '../relay.ts';
import { decodeSocksDatagram, encodeSocksDatagram } from '../socks-datagram.ts';
import type { Deadlines } from './deadlines.ts';
import { openLasting } from './lasting-datagrams.ts';
import { refusalOf } from './refusal.ts';
import { dismiss, whilePresent } from './session.ts';
import { encodeReply, replies } from './socks5-codec.ts';

/** Each has a socket of its own. */
const mostAssociations = 256;
/** What waits in this computer for an application that does not read; beyond it datagrams are dropped. */
const mostQueuedBytes = 1024 * 1024;

export interface AssociateOptions {
  readonly outbound: Outbound;
  readonly meter: Meter;
  readonly deadlines: Deadlines;
  readonly idleMs: number; // without a datagram either way
}

/** Serves a client that asked for UDP ASSOCIATE, until it leaves. Never rejects. */
export type Associate = (client: Socket) => Promise<void>;

/**
 * UDP ASSOCIATE (RFC 1928, sections 4, 6 and 7). What the client says about the address it will send from is not looked at: many say nothing, and
 * some say something else.
 */
export function createAssociate({ outbound, meter, deadlines, idleMs }: AssociateOptions): Associate {
  let open = 0;
  return async (client) => {
    deadlines.stop(client);
    let association: Association;
    open++;
    try {
      if (open > mostAssociations) throw new EngineError('too-many-clients');
      association = await whilePresent(client, (signal) => openAssociation(client, outbound, signal));
    } catch (error) {
      open--;
      return dismiss(client, encodeReply(refusalOf(errorCode(error)).reply), deadlines);
    }
    const { udp, way } = association;
    client.write(encodeReply(replies.granted, { host: udp.address().address, port: udp.address().port }));
    meter.connections++;
    await carry(client, association, meter, idleMs);
    meter.connections--;
    open--;
    way.close();
    udp.close();
  };
}

interface Association {
  readonly udp: UdpSocket;
  readonly way: Pick<Datagrams, 'send' | 'onMessage' | 'close'>;
}

/** The socket hears on the address of this very connection alone. */
async function openAssociation(client: Socket, outbound: Outbound, signal: AbortSignal): Promise<Association> {
  const open = outbound.openDatagrams?.bind(outbound);
  if (open === undefined) throw new EngineError('not-supported');
  const host = plainAddress(client.localAddress);
  const udp = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  try {
    const bound = once(udp, 'listening');
    udp.bind({ address: host, port: 0, exclusive: true });
    await bound;
    return { udp, way: await openLasting(open, signal) };
  } catch (error) {
    udp.close();
    throw error;
  }
}

/** IPv4 as such, also where it comes in on a socket of both families. */
function plainAddress(address = ''): string {
  return address.replace(/^::ffff:(?=\d+\.)/, '');
}

/**
 * Datagrams count only from the address of the TCP connection, and from the port from which the first one came. Resolves when the client has ended
 * its connection, or when nothing was carried for long.
 */
function carry(client: Socket, { udp, way }: Association, meter: Meter, idleMs: number): Promise<void> {
  const clientHost = plainAddress(client.remoteAddress);
  let clientPort = 0;
  const idle = setTimeout(() => client.destroy(), idleMs);
  udp.on('error', () => client.destroy());
  udp.on('message', (bytes, { address, port }) => {
    if (address !== clientHost || (clientPort !== 0 && port !== clientPort)) return;
    const datagram = decodeSocksDatagram(bytes);
    if (datagram === null || !isCarried(datagram.peer)) return;
    clientPort = port;
    idle.refresh();
    meter.upBytes += datagram.payload.length;
    way.send(datagram.peer, datagram.payload);
  });
  way.onMessage((source, payload) => {
    if (clientPort === 0 || !isCarried(source) || udp.getSendQueueSize() > mostQueuedBytes) return;
    idle.refresh();
    meter.downBytes += payload.length;
    udp.send(encodeSocksDatagram(source, payload), clientPort, clientHost, ignore);
  });
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(idle);
      resolve();
    };
    client.once('end', () => client.destroy()).resume();
    if (client.closed) over();
    else client.once('close', over);
  });
}

// Too long for UDP with its head: lost, as any datagram may be.
function ignore() {}
