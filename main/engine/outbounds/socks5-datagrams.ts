import { BlockList, isIP, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { EngineError } from '../errors.ts';
import type { Datagrams, Destination, Packets } from '../outbound.ts';
import { readMessage } from '../read-message.ts';
import { decodeSocksDatagram, encodeSocksDatagram } from '../socks-datagram.ts';
import { isCarried } from './destination.ts';
import * as codec from './socks5-codec.ts';
import { underSignal } from './under-signal.ts';

/**
 * UDP ASSOCIATE (RFC 1928, sections 4 and 7) on a connection that is logged in, and on which nothing else is said: it lives as long as that.
 * `openPackets` leads to the relay that the proxy names. Rejects with `proxy-unsupported` where the proxy refuses.
 */
export async function associate(
  control: Duplex,
  openPackets: (relay: Destination, signal: AbortSignal) => Promise<Packets>,
  signal: AbortSignal,
): Promise<Datagrams> {
  return underSignal(control, signal, async () => {
    control.write(codec.associateRequest);
    const limits = { limitBytes: codec.longestReplyBytes, closed: 'proxy-closed', malformed: 'proxy-protocol' } as const;
    const { reply, bound } = await readMessage(control, codec.decodeAssociation, limits);
    if (reply !== 0) throw refusal(reply);
    return datagramsOver(await openPackets(relayOf(bound, control), signal), control);
  });
}

/** A server that has no UDP says so with 7, one whose rules have none with 2. */
function refusal(reply: number): EngineError {
  const error = codec.replyError(reply);
  return error.code === 'destination-forbidden' ? new EngineError('proxy-unsupported', error.message) : error;
}

/**
 * No address, a name, or an address of somebody's own network, which a server behind a router tells by mistake (or to have us send into
 * ours), all stand for the address to which we are connected.
 */
function relayOf({ host, port }: Destination, control: Duplex): Destination {
  const peer = control instanceof Socket ? control.remoteAddress : undefined;
  if (peer === undefined) throw new EngineError('proxy-closed');
  const family = isIP(host);
  const isPublic = family !== 0 && !notPublic.check(host, family === 4 ? 'ipv4' : 'ipv6');
  return { host: isPublic ? host : peer, port };
}

// RFC 6890, and multicast.
const notPublic = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['224.0.0.0', 3],
] as const) {
  notPublic.addSubnet(network, prefix);
}
for (const [network, prefix] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  notPublic.addSubnet(network, prefix, 'ipv6');
}

function datagramsOver(packets: Packets, control: Duplex): Datagrams {
  const close = () => {
    packets.close();
    control.destroy();
  };
  packets.onClose(close);
  control.on('end', close).on('close', close).resume();
  return {
    send(destination, payload) {
      if (isCarried(destination)) packets.send(encodeSocksDatagram(destination, payload));
    },
    onMessage(listener) {
      packets.onMessage((packet) => {
        const datagram = decodeSocksDatagram(packet);
        if (datagram) listener(datagram.peer, datagram.payload);
      });
    },
    onClose: packets.onClose,
    close,
  };
}
