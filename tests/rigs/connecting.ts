import assert from 'node:assert/strict';
import type { Duplex } from 'node:stream';
import { inspect } from 'node:util';
import { EngineError } from '../../main/engine/errors.ts';
import type { Destination, Outbound, ProxyDefinition } from '../../main/engine/outbound.ts';
import type { Login } from '../../main/engine/outbounds/definition.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { protocols } from '../../main/engine/outbounds/index.ts';
import { createProxyOutbound } from '../../main/engine/outbounds/proxy-outbound.ts';
import { readExactly } from './streams.ts';

/** A login whose parts are looked for wherever something is said. */
export const secretLogin: Login = { username: 'rig user', password: 'c4nary:s3cret/+' };
const { username, password } = secretLogin;
const secrets = [password, encodeURIComponent(password), Buffer.from(`${username}:${password}`).toString('base64')];

export const noLogin: Login = { username: '', password: '' };

/** The definition that a link with these parts gives. */
export function define(scheme: string, { host, port }: Destination, login = noLogin, name = ''): ProxyDefinition {
  const protocol = protocols.find(({ schemes }) => schemes.includes(scheme));
  assert.ok(protocol, `no protocol for ${scheme}`);
  const { username, password } = login; // a rig's options may be given as the login
  return protocol.parse({ scheme, host, port, username, password, name, query: new Map() });
}

/** An outbound through one proxy. */
export function outboundTo(scheme: string, proxy: Destination, login = noLogin, via: Outbound = createDirect()): Outbound {
  return createProxyOutbound(define(scheme, proxy, login), via);
}

/** A signal that bounds a test. */
export const soon = () => AbortSignal.timeout(20_000);

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

/** Sends text to an echo and waits for it to come back. */
export async function echoes(stream: Duplex, text = 'hello'): Promise<void> {
  stream.write(text);
  assert.equal((await readExactly(stream, text.length)).toString(), text);
}
