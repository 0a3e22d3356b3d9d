import { once } from 'node:events';
import net, { type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type ListenOptions, type Rig, startServer } from './loopback-server.ts';
import { join } from './streams.ts';

/** What a client asked a proxy for: `host` as it came, and whether it came as an address or as a name. */
export interface Asked {
  readonly as: 'ipv4' | 'ipv6' | 'name';
  readonly host: string;
  readonly port: number;
}

export interface ProxyRigOptions extends ListenOptions {
  readonly username?: string | undefined; // with one, clients must log in
  readonly password?: string | undefined;
  /** Holds the answer back until the destination has spoken, and sends both in one piece. */
  readonly coalesce?: boolean | undefined;
  /** Has each client that is in and may now ask for its destination. */
  readonly onWaiting?: ((client: Socket) => void) | undefined;
  /** Whether to close without a byte of an answer. */
  readonly drops?: ((asked: Asked) => boolean) | undefined;
  /** What the protocol is spoken in, where that is not the connection itself. */
  readonly unwrap?: ((connection: Socket) => Promise<Duplex>) | undefined;
}

export interface ProxyRig extends Rig {
  readonly asked: readonly Asked[];
}

/** The names that proxies of tests know, beside localhost. No resolver of this computer does. */
const names: Record<string, string> = { 'origin.test': '127.0.0.1', 'origin6.test': '::1', 'proxy.test': '127.0.0.1' };

/** A proxy: `handshake` learns what is asked for and tells how to answer; the rest is the same for all protocols. */
export interface Request {
  readonly asked: Asked;
  readonly granted: Buffer;
  refusal(reason: 'refused' | 'name-not-found'): Buffer;
  /** What is said in, where that is not the connection itself. */
  readonly stream?: Duplex;
}

/** The address of a destination; undefined for a name that is not known. */
export function resolve({ as, host }: Asked): string | undefined {
  return as === 'name' && host !== 'localhost' ? names[host] : host;
}

/** `handshake` may serve the client itself, and gives null then. What it pushes to `asked` is told as asked for. */
export async function startProxy<C extends Duplex = Socket>(
  handshake: (client: C, asked: Asked[]) => Promise<Request | null>,
  options: ProxyRigOptions,
): Promise<ProxyRig> {
  const asked: Asked[] = [];
  const rig = await startServer(async (connection) => {
    if (options.unwrap) options.onWaiting?.(connection); // what it unwraps may come with the first words only
    const client = ((await options.unwrap?.(connection)) ?? connection) as Duplex as C;
    const request = await handshake(client, asked);
    if (request === null) return;
    asked.push(request.asked);
    if (options.drops?.(request.asked)) return void client.destroy();
    await serve(request.stream ?? client, request, options.coalesce === true);
  }, options);
  return Object.defineProperty(rig, 'asked', { value: asked }) as ProxyRig;
}

async function serve(client: Duplex, request: Request, coalesce: boolean): Promise<void> {
  const { port } = request.asked;
  const host = resolve(request.asked);
  if (host === undefined) return void refuse(client, request.refusal('name-not-found'));
  const destination = net.connect({ host, port, allowHalfOpen: true, noDelay: true });
  client.once('close', () => destination.destroy());
  try {
    await once(destination, 'connect');
  } catch {
    return void refuse(client, request.refusal('refused'));
  }
  destination.on('error', () => {});
  if (coalesce) await once(destination, 'readable');
  client.write(Buffer.concat([request.granted, destination.read() ?? Buffer.alloc(0)]));
  join(client, destination);
}

/** Says no and ends; what the client still says is not heard. */
export function refuse(client: Duplex, answer: Buffer | string): null {
  client.resume().end(answer);
  return null;
}
