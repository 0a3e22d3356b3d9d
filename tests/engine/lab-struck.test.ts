/** Two proxies, of which the one in use gets a fault at its time: what the person gets, and what the engine makes of it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import { SocksClient } from 'socks';
import { authorityFile, serverCertificate } from '../rigs/certificates.ts';
import { driveClock } from '../rigs/driven-clock.ts';
import { type LabProxy, startLab } from '../rigs/lab.ts';
import type { Behaviour } from '../rigs/lab-connection.ts';
import { startLabEngine } from '../rigs/lab-engine.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { readAll } from '../rigs/streams.ts';

assertNothingLeftOpen();

const atFirst = [['first', null, 'lab-0']];
const handshakeBytes = 12; // said by the proxy until a tunnel is open
const ca = readFileSync(authorityFile, 'utf8');

/** The first one, which is in use, does `then` from now on; the second one works. */
async function startStruck(t: TestContext, then: Behaviour) {
  const pass = driveClock(t);
  await using stack = new AsyncDisposableStack();
  const warmUp = stack.use(await startHttpOrigin());
  const plain = stack.use(await startHttpOrigin());
  const secure = stack.use(await startHttpOrigin({ certificate: serverCertificate }));
  const lab = stack.use(await startLab([(atMs) => (atMs < 20_000 ? {} : then), { roundTripMs: 15 }]));
  const engine = stack.use(await startLabEngine(lab.proxies));
  const [struck, other] = lab.proxies as [LabProxy, LabProxy];
  await engine.state(({ proxies, testing }) => proxies.working === 2 && testing === null);
  assert.deepEqual(await engine.switches(), atFirst);
  assert.equal((await engine.get(warmUp.url)).status, 200); // the first connection after a pause has a probe made
  pass(20);
  const before = struck.accepted;
  const held = stack.move();
  return {
    engine,
    plain,
    secure,
    struck,
    /** One plain page after the other. */
    async getPages(count: number): Promise<void> {
      for (let n = 0; n < count; n++) {
        const { status, body } = await engine.get(`${plain.url}${n}`);
        assert.deepEqual({ status, body }, { status: 200, body: `hello from the origin\nGET ${plain.host}:${plain.port} /${n}\n` });
      }
    },
    async getSecurely(): Promise<void> {
      const page = await engine.getSecurely(secure, ca);
      assert.ok(page.endsWith(`\r\n\r\nhello from the origin\nGET ${secure.host}:${secure.port} /\n`), page);
    },
    /** To the plain site. */
    async openTunnel() {
      const destination = { host: plain.host, port: plain.port };
      return (await SocksClient.createConnection({ proxy: { ...engine.endpoint, type: 5 }, command: 'connect', destination })).socket;
    },
    async verdict() {
      const { health, reason } = await engine.row(struck);
      return { health, reason };
    },
    /** How many connections the struck one has got since then. */
    attempts: () => struck.accepted - before,
    /** How often each was asked for this site. */
    asked: ({ port }: { port: number }) => [struck.askedFor(port), other.askedFor(port)],
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

for (const [name, then, code] of [
  ['refuses', { fault: 'refuse' }, 'proxy-refused'],
  ['resets after one byte of its handshake', { fault: { resetAfterBytes: 1 } }, 'proxy-closed'],
] as const) {
  test(`it ${name}: nobody notices, and it is tried once`, async (t) => {
    await using world = await startStruck(t, then);
    await world.getPages(5);
    assert.deepEqual(await world.engine.switches(), [...atFirst, ['failed', code, 'lab-1']]);
    assert.deepEqual(await world.verdict(), { health: 'failing', reason: code });
    assert.equal(world.attempts(), 1);
    assert.equal(world.asked(world.plain)[1], 5);
    assert.equal(world.plain.requests.length, 5);
  });
}

test('it says nothing any more: of 30 connections at once each is served by the other one, and it is left alone', async (t) => {
  await using world = await startStruck(t, { fault: 'blackhole' });
  await Promise.all(Array.from({ length: 30 }, () => world.getPages(1)));
  assert.deepEqual(await world.engine.switches(), [...atFirst, ['failed', 'proxy-timeout', 'lab-1']]);
  assert.equal((await world.verdict()).reason, 'proxy-timeout');
  const attempts = world.attempts();
  await world.getPages(5);
  assert.equal(world.attempts(), attempts);
  assert.deepEqual(world.asked(world.plain), [0, 35]);
  assert.equal(world.plain.requests.length, 35);
});

test('it opens tunnels and resets them: TLS goes through the other one, and a probe tells why', async (t) => {
  await using world = await startStruck(t, { fault: { resetAfterBytes: handshakeBytes } });
  await world.getSecurely();
  assert.deepEqual(world.asked(world.secure), [1, 1]);
  await world.engine.state(({ lastSwitch }) => lastSwitch?.reason === 'failed');
  assert.deepEqual(await world.engine.switches(), [...atFirst, ['failed', 'proxy-closed', 'lab-1']]);
  for (let n = 0; n < 3; n++) await world.getSecurely();
  assert.deepEqual(world.asked(world.secure), [1, 4]);
  assert.equal(world.secure.requests.length, 4);
});

test('it cuts a plain answer: the request is not said twice, and the next one there takes the other', async (t) => {
  await using world = await startStruck(t, { fault: { resetAfterBytes: handshakeBytes + 88 } });
  assert.equal((await world.engine.get(world.plain.url)).status, 502);
  assert.equal(world.plain.requests.length, 1);
  await world.getPages(3);
  assert.deepEqual(world.asked(world.plain), [1, 3]);
  await world.engine.probe(world.struck); // whose answer is shorter
  assert.deepEqual(await world.engine.switches(), atFirst);
  assert.deepEqual(await world.verdict(), { health: 'working', reason: null });
});

test('it opens tunnels and is mute: TLS goes through the other one, later TLS at once, and it is doubted, not condemned', async (t) => {
  await using world = await startStruck(t, { fault: 'mute' });
  for (let n = 0; n < 3; n++) await world.getSecurely();
  assert.deepEqual(world.asked(world.secure), [1, 3]);
  assert.equal(world.secure.requests.length, 3);
  assert.deepEqual(await world.verdict(), { health: 'testing', reason: null });
  assert.deepEqual(await world.engine.switches(), atFirst);
});

test('it resets on the ClientHello: only TLS goes through the other one', async (t) => {
  await using world = await startStruck(t, { fault: 'reset-on-client-hello' });
  for (let n = 0; n < 3; n++) await world.getSecurely();
  await world.getPages(3);
  assert.deepEqual(world.asked(world.secure), [1, 3]);
  assert.deepEqual(world.asked(world.plain), [3, 0]);
  await world.engine.probe(world.struck);
  assert.deepEqual(await world.verdict(), { health: 'working', reason: null });
  assert.deepEqual(await world.engine.switches(), atFirst);
});

test('it answers in the place of a site with TLS: that is no answer, the next connection takes the other, and a probe tells why', async (t) => {
  await using world = await startStruck(t, { fault: 'inject-page' });
  await assert.rejects(world.getSecurely()); // what it said was heard, and is not said twice
  await world.getSecurely();
  await world.engine.state(({ lastSwitch }) => lastSwitch?.reason === 'failed');
  assert.deepEqual(await world.engine.switches(), [...atFirst, ['failed', 'proxy-tampered', 'lab-1']]);
  assert.deepEqual(await world.verdict(), { health: 'failing', reason: 'proxy-tampered' });
  assert.deepEqual(world.asked(world.secure), [1, 1]);
  assert.equal(world.secure.requests.length, 1);
});

test('it answers in the place of the site: once a probe has seen that, nothing that it says makes it good again', async (t) => {
  await using world = await startStruck(t, { fault: 'inject-page' });
  const early = await world.openTunnel();
  await world.engine.probe(world.struck);
  early.write('GET / HTTP/1.1\r\n\r\n');
  assert.match(String(await readAll(early)), /^HTTP\/1.1 200 OK\r\n.*Access is denied$/s);
  assert.deepEqual(await world.verdict(), { health: 'failing', reason: 'proxy-tampered' });
  assert.deepEqual(await world.engine.switches(), [...atFirst, ['failed', 'proxy-tampered', 'lab-1']]);
  await world.getPages(3);
  await world.getSecurely();
  assert.deepEqual(world.asked(world.plain), [1, 3]);
  assert.deepEqual(world.asked(world.secure), [0, 1]);
});
