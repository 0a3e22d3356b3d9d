import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { authorityFile, serverCertificate } from '../rigs/certificates.ts';
import { type Script, startLab } from '../rigs/lab.ts';
import { startLabEngine } from '../rigs/lab-engine.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { createRandom, shuffled } from '../rigs/random.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

const ca = readFileSync(authorityFile, 'utf8');
const repeat = (count: number, script: Script) => Array.from({ length: count }, () => script);
const times = (count: number) => Array.from({ length: count }, (_, n) => n);

test('of 50 proxies with every fault there is, 10 are alive: every request is served', async () => {
  await using origin = await startHttpOrigin();
  const alive = [...repeat(5, {}), ...repeat(5, { roundTripMs: 10, jitterMs: 5, stalls: { share: 0.1, ms: 20 } })];
  const faults = ['refuse', 'blackhole', 'mute', 'inject-page', { resetAfterBytes: 1 }] as const;
  const dead = faults.flatMap((fault) => repeat(8, { fault }));
  await using lab = await startLab(shuffled([...alive, ...dead], createRandom(50)), { login: { username: 'u', password: 'p' } });
  await using engine = await startLabEngine(lab.proxies);
  await engine.state(({ status }) => status === 'ready');
  const answers = await Promise.all(times(50).map(() => engine.get(origin.url)));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
  assert.ok(answers.every(({ body }) => body.startsWith('hello from the origin')));
});

test('the active proxy dies: the next request succeeds through another, and that is one switch with its reason', async () => {
  await using origin = await startHttpOrigin();
  await using lab = await startLab(repeat(3, {}));
  await using engine = await startLabEngine(lab.proxies);
  const { active } = await engine.state(({ active, proxies }) => active !== null && proxies.working === 3);
  const dying = lab.proxies.find(({ link }) => link.includes(String(active?.address)));
  assert.ok(dying);
  dying.become({ fault: 'refuse' });
  assert.equal((await engine.get(origin.url)).status, 200);

  for (const _ of times(5)) assert.equal((await engine.get(origin.url)).status, 200);
  const switches = await engine.commands.listSwitches({});
  assert.deepEqual(
    switches.map(({ reason }) => reason),
    ['failed', 'first'],
  );
  assert.equal(switches[0]?.from?.id, active?.id);
  assert.notEqual(switches[0]?.to?.id, active?.id);
  assert.match(String(switches[0]?.code), /^proxy-/);
});

test('a proxy that dies and comes back is used again once the others are gone', async () => {
  await using origin = await startHttpOrigin();
  await using lab = await startLab([{}, {}]);
  await using engine = await startLabEngine(lab.proxies);
  await engine.state(({ proxies }) => proxies.working === 2);
  const [one, other] = lab.proxies;
  for (const proxy of lab.proxies) proxy.become({ fault: 'refuse' });
  assert.equal((await engine.get(origin.url)).status, 503);
  one?.become({});
  assert.equal((await engine.get(origin.url)).status, 200);
  other?.become({});
  one?.become({ fault: 'refuse' });
  assert.equal((await engine.get(origin.url)).status, 200);
});

test('a proxy that answers in the destination’s place is known as tampering, and not used', async () => {
  await using lab = await startLab([{ fault: 'inject-page' }, { roundTripMs: 20 }]);
  await using engine = await startLabEngine(lab.proxies);
  const [tampering] = lab.proxies;
  assert.ok(tampering);
  await engine.state(({ proxies, testing }) => proxies.total === 2 && proxies.untested === 0 && testing === null);
  const { health, reason } = await engine.row(tampering);
  assert.deepEqual({ health, reason }, { health: 'failing', reason: 'proxy-tampered' });
});

test('a site that is down is not the fault of any proxy', async () => {
  await using origin = await startHttpOrigin();
  await using lab = await startLab(repeat(4, {}));
  await using engine = await startLabEngine(lab.proxies);
  await engine.state(({ proxies }) => proxies.working === 4);
  const down = `http://127.0.0.1:${await refusingPort()}/`;
  for (const _ of times(5)) assert.equal((await engine.get(down)).status, 502);
  const rows = await Promise.all(lab.proxies.map((proxy) => engine.row(proxy)));
  assert.deepEqual(
    rows.map(({ reason }) => reason),
    [null, null, null, null],
  );
  assert.equal((await engine.commands.listSwitches({})).length, 1);
  assert.equal((await engine.get(origin.url)).status, 200);
});

test('an excluded proxy carries nothing, a pinned one everything, whatever they are worth', async () => {
  await using origin = await startHttpOrigin();
  await using lab = await startLab([{}, { roundTripMs: 40 }, { roundTripMs: 60 }]);
  await using engine = await startLabEngine(lab.proxies);
  await engine.state(({ proxies, testing }) => proxies.working === 3 && testing === null);
  const [best, , worst] = lab.proxies;
  assert.ok(best && worst);
  const counts = () => lab.proxies.map((proxy) => proxy.askedFor(origin.port));
  /** How many of five requests went through each. */
  const carried = async () => {
    const before = counts();
    for (const _ of times(5)) assert.equal((await engine.get(origin.url)).status, 200);
    return counts().map((count, index) => count - (before[index] ?? 0));
  };
  await engine.commands.excludeProxies({ ids: [(await engine.row(best)).id], excluded: true });
  assert.equal((await carried())[0], 0);
  await engine.commands.pinProxy({ id: (await engine.row(worst)).id });
  assert.deepEqual((await carried()).slice(0, 2), [0, 0]);
  worst.become({ fault: 'refuse' });
  assert.equal((await engine.get(origin.url)).status, 503);
});

test('a proxy that resets on the ClientHello: TLS goes through the next', async () => {
  await using site = await startHttpOrigin({ certificate: serverCertificate });
  await using lab = await startLab([{ fault: 'reset-on-client-hello' }, { roundTripMs: 80 }]);
  await using engine = await startLabEngine(lab.proxies);
  const [resetting] = lab.proxies;
  await engine.state(({ proxies, testing }) => proxies.working === 2 && testing === null);
  assert.ok(resetting);
  assert.equal((await engine.state(({ active }) => active !== null)).active?.id, (await engine.row(resetting)).id);
  for (const _ of times(5)) assert.match(await engine.getSecurely(site, ca), /hello from the origin/);
  assert.equal(site.requests.length, 5);
});

test('the active one goes silent under many connections: each is served, and one switch says why', async () => {
  await using origin = await startHttpOrigin();
  await using lab = await startLab(repeat(2, {}));
  await using engine = await startLabEngine(lab.proxies);
  const { active } = await engine.state(({ active, proxies }) => active !== null && proxies.working === 2);
  lab.proxies.find(({ link }) => link.includes(String(active?.address)))?.become({ fault: 'blackhole' });
  const answers = await Promise.all(times(30).map(() => engine.get(origin.url)));
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  const [last] = await engine.commands.listSwitches({});
  assert.deepEqual([last?.from?.id, last?.reason, last?.code], [active?.id, 'failed', 'proxy-timeout']);
});

test('hedging and warming cost at most 5 % more connections, and four that wait', async () => {
  await using origin = await startHttpOrigin();
  const often = { share: 0.2, ms: 300 };
  await using lab = await startLab([{ stalls: often }, { roundTripMs: 30, stalls: often }], { seed: 5 });
  await using engine = await startLabEngine(lab.proxies);
  await engine.state(({ proxies, testing }) => proxies.working === 2 && testing === null);
  const before = lab.accepted();
  const requests = 100;
  const application = async () => {
    for (const _ of times(requests / 20)) assert.equal((await engine.get(origin.url)).status, 200);
  };
  await Promise.all(times(20).map(application));
  const extra = lab.accepted() - before - requests;
  assert.ok(extra <= requests * 0.05 + 4, `${extra} extra connections`);
});

test('a connection that waits for silent proxies takes the first one that turns out to work', async () => {
  await using origin = await startHttpOrigin();
  await using lab = await startLab([...repeat(40, { fault: 'blackhole' }), {}]);
  await using engine = await startLabEngine(lab.proxies.slice(0, 40));
  const page = engine.get(origin.url);
  await until(() => lab.accepted() > 0);
  await engine.commands.importText({ text: lab.proxies[40]?.link ?? '' });
  assert.equal((await page).status, 200);
});

test('all had died and come back: the first connection has many of them tried, not only those that it tries itself', async () => {
  await using origin = await startHttpOrigin();
  await using lab = await startLab(repeat(20, { fault: 'refuse' }));
  await using engine = await startLabEngine(lab.proxies);
  await engine.state(({ proxies, testing }) => proxies.failing === 20 && testing === null);
  for (const proxy of lab.proxies) proxy.become({});
  assert.equal((await engine.get(origin.url)).status, 200);
  await engine.state(({ proxies }) => proxies.working >= 10);
});
