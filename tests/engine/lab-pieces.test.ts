/** Proxies through which things come piece by piece, unevenly or late: everything arrives as it was said, and nobody is blamed. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { test } from 'node:test';
import { SocksClient } from 'socks';
import { authorityFile, serverCertificate } from '../rigs/certificates.ts';
import { driveClock } from '../rigs/driven-clock.ts';
import { type LabProxy, type Script, startLab } from '../rigs/lab.ts';
import { startLabEngine } from '../rigs/lab-engine.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho, startHttpOrigin } from '../rigs/origin.ts';
import { createRandom } from '../rigs/random.ts';
import { readExactly } from '../rigs/streams.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

const ca = readFileSync(authorityFile, 'utf8');
const first = ['first', null, 'lab-0'] as const;

/** No two parts of it are alike. */
function noise(length: number): Buffer {
  const random = createRandom(length);
  return Buffer.from(Array.from({ length }, () => 256 * random()));
}

/** An engine that found that all these work. */
async function startWorking(scripts: readonly Script[], seed?: number) {
  await using stack = new AsyncDisposableStack();
  const lab = stack.use(await startLab(scripts, seed === undefined ? {} : { seed }));
  const engine = stack.use(await startLabEngine(lab.proxies));
  const echo = stack.use(await startEcho());
  await engine.state(({ proxies, testing }) => proxies.working === scripts.length && testing === null);
  const held = stack.move();
  return {
    engine,
    proxies: lab.proxies as readonly [LabProxy, LabProxy],
    /** Says this to a site that says it back, and checks every byte. */
    async exchange(bytes: Buffer): Promise<void> {
      const destination = { host: echo.host, port: echo.port };
      const { socket } = await SocksClient.createConnection({ proxy: { ...engine.endpoint, type: 5 }, command: 'connect', destination });
      socket.write(bytes);
      assert.ok((await readExactly(socket, bytes.length)).equals(bytes));
      socket.destroy();
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

test('one byte at a time: handshake, TLS and every byte of an answer', async () => {
  await using plain = await startHttpOrigin();
  await using secure = await startHttpOrigin({ certificate: serverCertificate });
  await using world = await startWorking([{ fault: 'dribble' }]);
  const { engine, proxies } = world;
  assert.equal((await engine.get(plain.url)).body, `hello from the origin\nGET ${plain.host}:${plain.port} /\n`);
  assert.match(await engine.getSecurely(secure, ca), /\r\n\r\nhello from the origin\nGET 127.0.0.1:\d+ \/\n$/);
  await world.exchange(noise(2000));
  assert.equal((await engine.row(proxies[0])).health, 'working');
  assert.deepEqual(await engine.switches(), [first]);
});

test('the lab keeps its word: what dribbles is heard byte by byte', async () => {
  await using lab = await startLab([{ fault: 'dribble' }]);
  const [{ host, port }] = lab.proxies as [LabProxy];
  await using client = connect({ host, port });
  const heard: number[] = [];
  client.on('data', ({ length }) => heard.push(length));
  client.write(Buffer.of(5, 1, 0)); // RFC 1928, section 3: one method, no login
  await until(() => heard.reduce((total, length) => total + length, 0) === 2);
  assert.deepEqual(heard, [1, 1]);
});

test('jitter and stalls: whole and in order, each request said once, and no switch', async () => {
  await using origin = await startHttpOrigin();
  const uneven = { jitterMs: 10, stalls: { share: 0.1, ms: 80 } };
  await using world = await startWorking(
    [
      { roundTripMs: 10, ...uneven },
      { roundTripMs: 60, ...uneven },
    ],
    7,
  );
  const { engine, proxies } = world;
  for (let n = 0; n < 10; n++) assert.equal((await engine.get(`${origin.url}${n}`)).status, 200);
  const asked = origin.requests.map((request) => request.split('/').at(-1));
  assert.deepEqual(asked, ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
  await Promise.all([world.exchange(noise(200_000)), world.exchange(noise(100_000))]);
  for (const proxy of proxies) assert.equal((await engine.row(proxy)).reason, null);
  assert.deepEqual(
    (await engine.switches()).map(([reason]) => reason),
    ['first'],
  );
});

test('two that cross by 10 % every 20 seconds for three minutes, with jitter: the first one stays', async (t) => {
  const pass = driveClock(t);
  const crossing = (turn: number) => (atMs: number) => ({ roundTripMs: Math.floor(atMs / 20_000) % 2 === turn ? 40 : 44, jitterMs: 8 });
  await using world = await startWorking([crossing(0), crossing(1)], 3);
  const { engine, proxies } = world;
  const switches = await engine.switches();
  for (let turn = 0; turn < 9; turn++) {
    pass(20);
    await Promise.all(proxies.map((proxy) => engine.probe(proxy)));
  }
  assert.deepEqual(await engine.switches(), switches);
  assert.equal(switches.length, 1);
});
