import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Asked, type ProxyRig, type ProxyRigOptions, type Request, refuse, startProxy } from './proxying.ts';
import { type Socks5UdpOptions, serveAssociation } from './socks5-udp.ts';
import { readExactly } from './streams.ts';

export interface Socks5Options extends ProxyRigOptions {
  /** The address type that replies carry: its length differs. */
  readonly replyAddress?: 'ipv4' | 'ipv6' | 'name';
  /** RFC 1929 says 1; some servers say 5. */
  readonly loginVersion?: 1 | 5;
  /** Takes what comes in one read for one message, as microsocks does: what else is in there is lost. */
  readonly oneMessagePerRead?: boolean;
  /** UDP ASSOCIATE, or the reply that refuses it; 7 unless told. */
  readonly udp?: Socks5UdpOptions | number;
}

/** A SOCKS5 proxy (RFC 1928, RFC 1929) that reads each message on its own. */
export function startSocks5(options: Socks5Options = {}): Promise<ProxyRig> {
  return startProxy((client, asked) => handshake(client, asked, options), options);
}

async function handshake(client: Socket, all: Asked[], options: Socks5Options): Promise<Request | null> {
  const [version, count = 0] = await readExactly(client, 2);
  if (version !== 5) throw new Error('not SOCKS5');
  const offered = await readExactly(client, count);
  const method = options.username === undefined ? 0 : 2;
  if (!offered.includes(method)) return refuse(client, Buffer.of(5, 0xff));
  if (options.oneMessagePerRead) client.read();
  client.write(Buffer.of(5, method));
  if (method === 2 && !(await isLoggedIn(client, options))) return null;

  options.onWaiting?.(client);
  const [, command, , type = 0] = await readExactly(client, 4);
  const { udp = 7 } = options;
  if (command !== 1 && (command !== 3 || typeof udp === 'number')) return refuse(client, reply(typeof udp === 'number' ? udp : 7));
  const asked = await readAddress(client, type);
  if (command === 3 && typeof udp !== 'number') return serveAssociation(client, all, udp);
  return { asked, granted: reply(0, options.replyAddress), refusal: (reason) => reply(reason === 'refused' ? 5 : 4) };
}

async function isLoggedIn(client: Socket, options: Socks5Options): Promise<boolean> {
  const [version] = await readExactly(client, 1);
  const username = await readCounted(client);
  const password = await readCounted(client);
  if (options.oneMessagePerRead) client.read();
  const accepted = version === 1 && username === options.username && password === (options.password ?? '');
  const answer = Buffer.of(options.loginVersion ?? 1, accepted ? 0 : 1);
  if (accepted) client.write(answer);
  else refuse(client, answer);
  return accepted;
}

async function readCounted(client: Duplex): Promise<string> {
  const [length = 0] = await readExactly(client, 1);
  return (await readExactly(client, length)).toString();
}

/** Address and port of a type (RFC 1928, section 5). */
export async function readAddress(client: Duplex, type: number): Promise<Asked> {
  return { ...(await readHost(client, type)), port: (await readExactly(client, 2)).readUInt16BE() };
}

/** An address alone. */
export async function readHost(client: Duplex, type: number): Promise<Omit<Asked, 'port'>> {
  const [as, host] =
    type === 1
      ? (['ipv4', (await readExactly(client, 4)).join('.')] as const)
      : type === 4
        ? (['ipv6', hexGroups(await readExactly(client, 16))] as const)
        : (['name', await readCounted(client)] as const);
  return { as, host };
}

function hexGroups(bytes: Buffer): string {
  return Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(2 * i).toString(16)).join(':');
}

const addresses = {
  ipv4: Buffer.from([1, 127, 0, 0, 1]),
  ipv6: Buffer.from([4, ...Array(15).fill(0), 1]),
  name: Buffer.concat([Buffer.from([3, 9]), Buffer.from('localhost')]),
};

function reply(code: number, address: keyof typeof addresses = 'ipv4'): Buffer {
  return Buffer.concat([Buffer.of(5, code, 0), addresses[address], Buffer.of(0x12, 0x34)]);
}
