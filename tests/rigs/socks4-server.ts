import type { Socket } from 'node:net';
import { type ProxyRig, type ProxyRigOptions, type Request, refuse, startProxy } from './proxying.ts';
import { readExactly, readUntil } from './streams.ts';

/** A SOCKS4 proxy with the 4A extension. A `username` in the options is the user id that it insists on. */
export function startSocks4(options: ProxyRigOptions = {}): Promise<ProxyRig> {
  return startProxy((client) => handshake(client, options), options);
}

async function handshake(client: Socket, options: ProxyRigOptions): Promise<Request | null> {
  options.onWaiting?.(client);
  const head = await readExactly(client, 8);
  if (head[0] !== 4 || head[1] !== 1) throw new Error('not a SOCKS4 CONNECT');
  const userId = (await readUntil(client, '\0')).slice(0, -1);
  const address = head.subarray(4);
  const isName = address.readUInt32BE() > 0 && address.readUInt32BE() < 256;
  const host = isName ? (await readUntil(client, '\0')).slice(0, -1) : address.join('.');
  if (options.username !== undefined && userId !== options.username) return refuse(client, reply(93));
  return { asked: { as: isName ? 'name' : 'ipv4', host, port: head.readUInt16BE(2) }, granted: reply(90), refusal: () => reply(91) };
}

function reply(code: number): Buffer {
  return Buffer.from([0, code, 0, 0, 0, 0, 0, 0]);
}
