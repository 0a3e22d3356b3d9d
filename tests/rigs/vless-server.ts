import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { parseUuid } from '../../main/engine/outbounds/uuid.ts';
import { type Asked, type ProxyRig, type ProxyRigOptions, type Request, refuse, startProxy } from './proxying.ts';
import { readHost } from './socks5-server.ts';
import { readExactly } from './streams.ts';
import { startUdpRelay } from './udp-relay.ts';

/** A VLESS server. Its answer comes with the first bytes of the destination, in two pieces where it can. */
export function startVless(options: ProxyRigOptions): Promise<ProxyRig> {
  return startProxy<Duplex>((client, asked) => handshake(client, asked, options), options);
}

async function handshake(
  client: Duplex,
  askedFor: Asked[],
  { username = '', onWaiting, unwrap }: ProxyRigOptions,
): Promise<Request | null> {
  if (!unwrap) onWaiting?.(client as Socket);
  if ((await readExactly(client, 1))[0] !== 0) throw new Error('not VLESS');
  const id = await readExactly(client, 16);
  if (!id.equals(parseUuid(username))) return refuse(client, 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  const [addons = 0] = await readExactly(client, 1);
  await readExactly(client, addons);
  const [command] = await readExactly(client, 1);
  if (command === 2) return serveDatagrams(client, askedFor);
  if (command !== 1) throw new Error('command');
  return { asked: await readPortAndAddress(client), granted: Buffer.from([0, 3, 1, 2, 3]), refusal: () => Buffer.alloc(0) };
}

/** The port, then a type with numbers of its own, then as SOCKS5 has it. */
export async function readPortAndAddress(client: Duplex): Promise<Asked> {
  const port = (await readExactly(client, 2)).readUInt16BE();
  const [type = 0] = await readExactly(client, 1);
  return { ...(await readHost(client, [0, 1, 3, 4][type] ?? 0)), port };
}

async function serveDatagrams(client: Duplex, asked: Asked[]): Promise<null> {
  const destination = await readPortAndAddress(client);
  let answer = Buffer.of(0, 0);
  const relay = startUdpRelay((_source, payload) => {
    client.write(Buffer.concat([answer, Buffer.of(payload.length >> 8, payload.length & 255), payload]));
    answer = Buffer.alloc(0);
  });
  client.once('close', () => relay.close());
  for (;;) {
    const payload = await readExactly(client, (await readExactly(client, 2)).readUInt16BE());
    asked.push(destination);
    relay.send(destination, payload);
  }
}
