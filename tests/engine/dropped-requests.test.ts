/**
 * A proxy that knows us closes without a byte after a whole request. v2ray's filter against repeated VMess requests does that to one or two of a
 * thousand new ones, and nothing in a request keeps it from it.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { SocksClient } from 'socks';
import { serverCertificate, trustTestAuthority } from '../rigs/certificates.ts';
import type { Rig } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho, startHttpOrigin } from '../rigs/origin.ts';
import { startEngine, stateOf } from '../rigs/running-engine.ts';
import { readExactly } from '../rigs/streams.ts';
import { startVmess } from '../rigs/vmess-server.ts';

trustTestAuthority();
assertNothingLeftOpen();

const username = 'b831381d-6324-4d53-ad4f-8cda48b30811';

/** The engine with one VMess proxy, which drops the requests of these numbers, from 1, of those for this destination. */
async function startDropping(t: TestContext, destination: Rig, numbers: readonly number[]) {
  const stack = new AsyncDisposableStack();
  const origin = stack.use(await startHttpOrigin());
  const counted = { requests: 0 };
  const drops = ({ port }: { port: number }) => port === destination.port && numbers.includes(++counted.requests);
  const proxy = stack.use(await startVmess({ username, drops }));
  const engine = stack.use(await startEngine(t, { probe: origin.url }));
  await engine.commands.importText({ text: `vmess://${username}@${proxy.host}:${proxy.port}` });
  const { endpoint } = await stateOf(engine, ({ status }) => status === 'ready');
  assert.ok(endpoint);
  const open = async () => {
    const { socket } = await SocksClient.createConnection({ proxy: { ...endpoint, type: 5 }, command: 'connect', destination });
    return socket.on('error', () => {});
  };
  return { open, counted, engine, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

test('TLS: it is asked again, and no application notices', async (t) => {
  await using destination = await startEcho({ certificate: serverCertificate });
  await using dropping = await startDropping(t, destination, [2, 4, 5]);
  for (let connections = 1; connections <= 4; connections++) {
    const secure = connectTls({ socket: await dropping.open(), servername: 'proxy.test' });
    await once(secure, 'secureConnect');
    secure.write('hello');
    assert.equal((await readExactly(secure, 5)).toString(), 'hello');
    secure.destroy();
  }
  assert.equal(dropping.counted.requests, 7);
  assert.equal(dropping.engine.store.getState().status, 'ready');
});

test('anything else may have had its effect: it is not said twice, and the application is told at once', async (t) => {
  await using destination = await startEcho();
  await using dropping = await startDropping(t, destination, [1]);
  const dropped = await dropping.open();
  dropped.write('transfer everything');
  await assert.rejects(readExactly(dropped, 1));
  assert.deepEqual([dropping.counted.requests, destination.accepted], [1, 0]);
  const next = await dropping.open();
  next.write('hello');
  assert.equal((await readExactly(next, 5)).toString(), 'hello');
  next.destroy();
});
