/** When the pool takes what proxies say of a destination for the truth. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho } from '../rigs/origin.ts';
import { poolOf, unhurried } from '../rigs/pool-of.ts';
import { entryOf } from '../rigs/proxy-entries.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { readExactly } from '../rigs/streams.ts';

assertNothingLeftOpen();

/** A SOCKS5 proxy that says `reply` to all who ask for an address (RFC 1928, section 6), or hangs up for null. */
function startRefusing(reply: number | null) {
  return startServer(async (client) => {
    await readExactly(client, 3);
    client.write(Buffer.of(5, 0));
    await readExactly(client, 10);
    if (reply === null) client.resetAndDestroy();
    else client.end(Buffer.of(5, reply, 0, 1, 0, 0, 0, 0, 0, 0));
  });
}
const site = { host: '192.0.2.80', port: 80 };
const refused = { code: 'destination-refused' };

test('three proxies say so: the others are not asked, and three is what is told', async () => {
  await using refusing = await startRefusing(5);
  const entries = [1, 2, 3, 4, 5].map((id) => ({ ...entryOf(refusing, 5), id: String(id) }));
  const { pool } = poolOf(...entries);
  await assert.rejects(pool.connect(site, unhurried()), refused);
  assert.deepEqual(pool.site.refusing(Date.now()), { host: site.host, code: 'destination-refused', proxies: 3 });
});

test('one says so and the others hang up: who knows', async () => {
  await using refusing = await startRefusing(5);
  await using cut = await startRefusing(null);
  const { pool } = poolOf(entryOf(refusing, 5), entryOf(cut, 9));
  await assert.rejects(pool.connect(site, unhurried()), refused);
  assert.equal(pool.site.refusing(Date.now()), null);
});

test('the only one that may be used says so', async () => {
  await using refusing = await startRefusing(4);
  await using cut = await startRefusing(null);
  const { pool, proxies } = poolOf(entryOf(refusing, 5), entryOf(cut, 9));
  proxies.choose({ pinnedId: String(refusing.port) });
  await assert.rejects(pool.connect(site, unhurried()), { code: 'destination-unreachable' });
  assert.equal(pool.site.refusing(Date.now())?.proxies, 1);
});

test('two say so and a third one gets through: nobody need know', async () => {
  await using echo = await startEcho();
  await using refusing = await startRefusing(5);
  await using alive = await startSocks5();
  const entries = [{ ...entryOf(refusing, 5), id: 'a' }, { ...entryOf(refusing, 6), id: 'b' }, entryOf(alive, 50)];
  const { pool } = poolOf(...entries);
  (await pool.connect(echo, unhurried())).destroy();
  assert.equal(pool.site.refusing(Date.now()), null);
});

test('a site that connects is no site that refuses any more', async () => {
  await using echo = await startEcho();
  await using alive = await startSocks5();
  const { pool } = poolOf(entryOf(alive, 5));
  pool.site.failed({ host: echo.host, code: 'destination-refused', proxies: 2 }, Date.now());
  (await pool.connect(echo, unhurried())).destroy();
  assert.equal(pool.site.refusing(Date.now()), null);
});

test('what the application gave up on is not told', async () => {
  await using silent = await startServer(() => {});
  const { pool } = poolOf(entryOf(silent, 5));
  const giving = new AbortController();
  const connecting = assert.rejects(pool.connect(site, giving.signal), { code: 'aborted' });
  giving.abort();
  await connecting;
  assert.equal(pool.site.refusing(Date.now()), null);
});

test('a stream that answers, where the protocol does not say whether the destination is there, proves it', async () => {
  await using echo = await startEcho();
  await using alive = await startSocks5();
  const entry = entryOf(alive, 5);
  const unanswered = { ...entry, client: { open: (signal: AbortSignal) => entry.client.open(signal), isUnanswered: true } };
  const { pool } = poolOf(unanswered);
  pool.site.failed({ host: echo.host, code: 'destination-refused', proxies: 2 }, Date.now());
  const stream = await pool.connect(echo, unhurried());
  assert.notEqual(pool.site.refusing(Date.now()), null);
  pool.observe(stream, { kind: 'first-byte', ms: 5 });
  assert.equal(pool.site.refusing(Date.now()), null);
  stream.destroy();
});

test('what proxies say that are not known to work proves nothing', async () => {
  await using refusing = await startRefusing(5);
  await using cut = await startRefusing(null);
  const strangers = [1, 2, 3].map((id) => ({ ...entryOf(refusing), id: String(id) }));
  for (const known of [[], [entryOf(cut, 5)]]) {
    const { pool } = poolOf(...known, ...strangers);
    await assert.rejects(pool.connect(site, unhurried()), refused);
    assert.equal(pool.site.refusing(Date.now()), null);
  }
});
