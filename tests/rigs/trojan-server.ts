import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ProxyRig, type ProxyRigOptions, type Request, refuse, startProxy } from './proxying.ts';
import { readAddress } from './socks5-server.ts';
import { readExactly, readUntil } from './streams.ts';

/** A Trojan server. Who does not know the password meets the web server behind it. */
export function startTrojan(options: ProxyRigOptions): Promise<ProxyRig> {
  return startProxy<Duplex>((client) => handshake(client, options), options);
}

async function handshake(client: Duplex, { username = '', onWaiting }: ProxyRigOptions): Promise<Request | null> {
  onWaiting?.(client as Socket);
  const hash = createHash('sha224').update(username).digest('hex');
  if ((await readUntil(client, '\r\n')) !== `${hash}\r\n`) return refuse(client, 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  const [command, type = 0] = await readExactly(client, 2);
  if (command !== 1) throw new Error(`command ${command}`);
  const asked = await readAddress(client, type);
  if ((await readUntil(client, '\n')) !== '\r\n') throw new Error('no line end');
  return { asked, granted: Buffer.alloc(0), refusal: () => Buffer.alloc(0) };
}
