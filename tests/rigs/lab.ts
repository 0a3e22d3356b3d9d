import { type Behaviour, LabConnection } from './lab-connection.ts';
import { type Rig, startServer } from './loopback-server.ts';
import { createRandom } from './random.ts';
import { startSocks5 } from './socks5-server.ts';

/** What a proxy does, for ever or as a function of the milliseconds since the lab began, by `Date`: whoever drives the engine's clock drives this too. */
export type Script = Behaviour | ((atMs: number) => Behaviour);

export interface LabProxy extends Rig {
  readonly link: string;
  /** How often a tunnel to this port was asked for. */
  askedFor(port: number): number;
  /** Connections that are logged in and wait for their destination. */
  readonly waiting: number;
  /** From now on it does this, also with the connections that are open. To `refuse` resets them. */
  become(script: Script): void;
  /** So many different links that all lead here. Only for a proxy that never gets as far as looking at the login. */
  links(count: number): string[];
}

export interface LabOptions {
  readonly login?: { readonly username: string; readonly password: string };
  readonly seed?: number; // for jitter and stalls: with the same one, the nth connection to a proxy meets the same
}

export interface Lab extends AsyncDisposable {
  readonly proxies: readonly LabProxy[];
  /** Connections ever accepted, by all. */
  accepted(): number;
}

/** Scripted SOCKS5 proxies on loopback, each on a port of its own, all in this process. */
export async function startLab(scripts: readonly Script[], { login, seed = 1 }: LabOptions = {}): Promise<Lab> {
  const started = Date.now();
  const around = {
    login,
    handshakeBytes: login ? 14 : 12, // method, status of the login, reply
    elapsedMs: () => Date.now() - started,
    userinfo: login ? `${login.username}:${login.password}@` : '',
  };
  const proxies = await Promise.all(
    scripts.map((script, index) => startLabProxy(script, { ...around, name: `lab-${index}`, seed: seed + connectionsPerProxy * index })),
  );
  return {
    proxies,
    accepted: () => proxies.reduce((total, { accepted }) => total + accepted, 0),
    async [Symbol.asyncDispose]() {
      await Promise.all(proxies.map((proxy) => proxy[Symbol.asyncDispose]()));
    },
  };
}

/** More than any proxy of a test gets, so that no two connections have the same seed. */
const connectionsPerProxy = 100_000;

interface LabSurroundings {
  readonly name: string;
  readonly login: LabOptions['login'];
  readonly seed: number; // of its first connection, and one more for each that follows
  readonly handshakeBytes: number;
  readonly elapsedMs: () => number;
  readonly userinfo: string;
}

async function startLabProxy(first: Script, around: LabSurroundings): Promise<LabProxy> {
  const { name, login, seed, handshakeBytes, elapsedMs, userinfo } = around;
  const backend = await startSocks5(login);
  let script = first;
  const connections = new Set<LabConnection>();
  const behaviour = () => (typeof script === 'function' ? script(elapsedMs()) : script);
  const rig = await startServer((client) => {
    if (behaviour().fault === 'refuse') return void client.resetAndDestroy();
    const connection = new LabConnection(client, { backend, behaviour, random: createRandom(seed + rig.accepted), handshakeBytes });
    connections.add(connection);
    client.once('close', () => connections.delete(connection));
  });
  const closeFront = rig[Symbol.asyncDispose];
  const address = `${rig.host}:${rig.port}`;
  const members = {
    link: { value: `socks5://${userinfo}${address}#${name}` },
    askedFor: { value: (port: number) => backend.asked.filter((asked) => asked.port === port).length },
    waiting: { get: () => [...connections].filter(({ isWaiting }) => isWaiting).length },
    become: {
      value: (next: Script) => {
        script = next;
        if (behaviour().fault === 'refuse') for (const connection of connections) connection.reset();
      },
    },
    [Symbol.asyncDispose]: { value: () => Promise.all([closeFront(), backend[Symbol.asyncDispose]()]) },
    links: { value: (length: number) => Array.from({ length }, (_, n) => `socks5://${name}-${n}:x@${address}`) },
  };
  return Object.defineProperties(rig, members) as LabProxy;
}
