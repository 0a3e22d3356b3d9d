import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { SocksClient } from 'socks';
import { type Asked, type ProxyRig, type ProxyRigOptions, type Request, refuse, startProxy } from './proxying.ts';
import { readAddress } from './socks5-server.ts';
import { readExactly, readUntil } from './streams.ts';
import { startUdpRelay } from './udp-relay.ts';

/** A Trojan server. Who does not know the password meets the web server behind it. */
export function startTrojan(options: ProxyRigOptions): Promise<ProxyRig> {
  return startProxy<Duplex>((client, asked) => handshake(client, asked, options), options);
}

async function handshake(
  client: Duplex,
  askedFor: Asked[],
  { username = '', onWaiting, unwrap }: ProxyRigOptions,
): Promise<Request | null> {
  if (!unwrap) onWaiting?.(client as Socket);
  const hash = createHash('sha224').update(username).digest('hex');
  if ((await readUntil(client, '\r\n')) !== `${hash}\r\n`) return refuse(client, 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  const [command, type = 0] = await readExactly(client, 2);
  const asked = await readAddress(client, type);
  if ((await readUntil(client, '\n')) !== '\r\n') throw new Error('no line end');
  if (command === 3) return serveDatagrams(client, askedFor);
  if (command !== 1) throw new Error(`command ${command}`);
  return { asked, granted: Buffer.alloc(0), refusal: () => Buffer.alloc(0) };
}

async function serveDatagrams(client: Duplex, asked: Asked[]): Promise<null> {
  const relay = startUdpRelay(({ host, port }, payload) => {
    const frame = SocksClient.createUDPFrame({ remoteHost: { host, port }, data: payload });
    const address = frame.subarray(3, frame.length - payload.length);
    client.write(Buffer.concat([address, Buffer.of(payload.length >> 8, payload.length & 255), Buffer.from('\r\n'), payload]));
  });
  client.once('close', () => relay.close());
  for (;;) {
    const [type = 0] = await readExactly(client, 1);
    const destination = await readAddress(client, type);
    const length = (await readExactly(client, 2)).readUInt16BE();
    if ((await readUntil(client, '\n')) !== '\r\n') throw new Error('no line end');
    const payload = await readExactly(client, length);
    asked.push(destination);
    relay.send(destination, payload);
  }
}
