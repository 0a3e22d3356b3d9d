import assert from 'node:assert/strict';
import type { Duplex } from 'node:stream';
import { inspect } from 'node:util';
import { EngineError } from '../../main/engine/errors.ts';
import type { Destination, Outbound, ProxyDefinition } from '../../main/engine/outbound.ts';
import type { Login } from '../../main/engine/outbounds/definition.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { protocols } from '../../main/engine/outbounds/index.ts';
import { createProxyOutbound } from '../../main/engine/outbounds/proxy-outbound.ts';
import { patienceMs } from './patience.ts';
import { readExactly } from './streams.ts';

/** A login whose parts are looked for wherever something is said. */
export const secretLogin: Login = { username: 'rig user', password: 'c4nary:s3cret/+' };
const { username, password } = secretLogin;
const secrets = [password, encodeURIComponent(password), Buffer.from(`${username}:${password}`).toString('base64')];

export const noLogin: Login = { username: '', password: '' };

const noQuery: Readonly<Record<string, string>> = {};

/** What links to one kind of proxy have in common. */
export interface Way {
  readonly scheme: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly login?: Login; // for rigs that are started without one, where the protocol cannot do without
}

/** The definition that a link with these parts gives. */
export function define(scheme: string, { host, port }: Destination, login = noLogin, name = '', query = noQuery): ProxyDefinition {
  const protocol = protocols.find(({ schemes }) => schemes.includes(scheme));
  assert.ok(protocol, `no protocol for ${scheme}`);
  const { username, password } = login; // a rig's options may be given as the login
  return protocol.parse({ scheme, host, port, username, password, name, query: new Map(Object.entries(query)) });
}

/** The definition of a proxy that is reached this way. */
export function defineWay({ scheme, query, login: usual }: Way, proxy: Destination, login = usual): ProxyDefinition {
  return define(scheme, proxy, login, '', query);
}

/** An outbound through one proxy. */
export function outboundTo(way: string | Way, proxy: Destination, login?: Login, via: Outbound = createDirect()): Outbound {
  return createProxyOutbound(defineWay(typeof way === 'string' ? { scheme: way } : way, proxy, login), via);
}

/** A signal that bounds a test. */
export const soon = () => AbortSignal.timeout(patienceMs);

/** The error of a connect that must fail. Neither it nor the label may hold anything of `secretLogin`. */
export async function failure(outbound: Outbound, destination: Destination, signal = soon()): Promise<EngineError> {
  const error = await outbound.connect(destination, signal).then(
    (stream) => {
      stream.destroy();
      assert.fail('connected');
    },
    (error: unknown) => error,
  );
  assert.ok(error instanceof EngineError, `not an EngineError: ${inspect(error)}`);
  const visible = inspect(error, { depth: 10, showHidden: true }) + outbound.label;
  for (const secret of secrets) assert.ok(!visible.includes(secret), visible);
  return error;
}

/** The same where nothing answers the request: the error of the stream, at the latest where its first bytes should come. */
export async function lateFailure(outbound: Outbound, destination: Destination, signal = soon()): Promise<EngineError> {
  return failure({ label: outbound.label, connect: (to, until) => connectAndUse(outbound, to, until) }, destination, signal);
}

async function connectAndUse(outbound: Outbound, destination: Destination, signal: AbortSignal): Promise<Duplex> {
  const stream = await outbound.connect(destination, signal);
  const abort = () => stream.destroy(new EngineError('aborted'));
  signal.addEventListener('abort', abort);
  stream.resume().end('hello');
  if (!stream.closed) await new Promise((closed) => stream.once('close', closed));
  signal.removeEventListener('abort', abort);
  throw stream.errored ?? new EngineError('proxy-closed');
}

/** Sends text to an echo and waits for it to come back. */
export async function echoes(stream: Duplex, text = 'hello'): Promise<void> {
  stream.write(text);
  assert.equal((await readExactly(stream, text.length)).toString(), text);
}
