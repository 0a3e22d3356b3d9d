import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { isIPv4, isIPv6 } from 'node:net';
import { SocksClient } from 'socks';
import type { Asked } from './proxying.ts';
import { startUdpRelay } from './udp-relay.ts';

export interface Socks5UdpOptions {
  /** What the reply names as the relay's address; the port is always right. */
  readonly bound?: 'own' | 'unspecified' | 'private' | 'name' | undefined; // own unless told
  /** Sent to the client before every answer. */
  readonly noise?: readonly Buffer[] | undefined;
}

const addresses = {
  own: [1, 127, 0, 0, 1],
  unspecified: [1, 0, 0, 0, 0],
  private: [1, 10, 11, 12, 13],
  name: [3, 9, ...Buffer.from('localhost')],
};

/** UDP ASSOCIATE with the codec of the `socks` package: a relay on the host to which the client is connected, as long as it is. */
export async function serveAssociation(client: Socket, asked: Asked[], { bound = 'own', noise = [] }: Socks5UdpOptions): Promise<null> {
  const host = client.localAddress ?? '';
  const udp = createSocket(host.includes(':') ? 'udp6' : 'udp4').bind(0, host);
  let peer: { address: string; port: number } | undefined;
  const relay = startUdpRelay((source, data) => {
    if (!peer) return;
    for (const bytes of [...noise, SocksClient.createUDPFrame({ remoteHost: source, data })]) udp.send(bytes, peer.port, peer.address);
  });
  udp.on('message', (frame, { address, port }) => {
    peer = { address, port };
    const { remoteHost, data } = SocksClient.parseUDPFrame(frame);
    const as = isIPv4(remoteHost.host) ? 'ipv4' : isIPv6(remoteHost.host) ? 'ipv6' : 'name';
    asked.push({ as, ...remoteHost });
    relay.send({ as, ...remoteHost }, data);
  });
  await once(udp, 'listening');
  const { port } = udp.address();
  client.once('close', () => {
    udp.close();
    relay.close();
  });
  client.resume().once('end', () => client.destroy());
  client.write(Buffer.from([5, 0, 0, ...addresses[bound], port >> 8, port & 0xff]));
  return null;
}
