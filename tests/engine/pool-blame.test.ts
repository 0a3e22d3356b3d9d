import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho } from '../rigs/origin.ts';
import { poolOf, unhurried } from '../rigs/pool-of.ts';
import { entryOf } from '../rigs/proxy-entries.ts';
import { startSocks4 } from '../rigs/socks4-server.ts';
import { startSocks5 } from '../rigs/socks5-server.ts';
import { readExactly } from '../rigs/streams.ts';

assertNothingLeftOpen();

test('a proxy without IPv6 is not blamed for a destination that has nothing else', async () => {
  await using socks4 = await startSocks4();
  await using socks5 = await startServer(async (client) => {
    await readExactly(client, 3);
    client.write(Buffer.of(5, 0));
    await readExactly(client, 22);
    client.end(Buffer.of(5, 8, 0, 1, 0, 0, 0, 0, 0, 0));
  });
  const entries = [entryOf(socks4, 5, 'socks4a://'), entryOf(socks5, 6)];
  await assert.rejects(poolOf(...entries).pool.connect({ host: '2001:db8::1', port: 443 }, unhurried()), {
    code: 'destination-unreachable',
  });
  assert.deepEqual(
    entries.map(({ record }) => record.failures),
    [0, 0],
  );
});

/** A proxy that hangs up on whoever asks for the port 443, and connects all others. */
function startCut(proxy: { port: number }) {
  return startServer(async (client) => {
    const server = connect(proxy.port, '127.0.0.1').on('error', () => {});
    client
      .on('close', () => server.destroy())
      .on('data', (bytes) => bytes.readUInt16BE(bytes.length - 2) === 443 && client.resetAndDestroy());
    client.pipe(server).pipe(client);
  });
}

test('proxies that all hang up on one destination are not blamed, but looked at again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] }); // however slow the computer is, no other proxy is tried for that
  await using proxy = await startSocks5();
  await using cut = await startCut(proxy);
  const entries = [1, 2, 3, 4, 5].map((id) => ({ ...entryOf(cut, 5), id: String(id) }));
  const { pool, doubted } = poolOf(...entries);
  await assert.rejects(pool.connect({ host: 'censored.test', port: 443 }, unhurried()), { code: 'no-proxy-works' });
  assert.ok(entries.every(({ record }) => record.failures === 0));
  assert.deepEqual([...doubted].sort(), ['1', '2', '3', '4', '5']);
});

test('a proxy that hangs up where another one gets through is blamed at once', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] }); // however slow the computer is, no other proxy is tried for that
  await using echo = await startEcho();
  await using alive = await startSocks5();
  await using cut = await startServer(async (client) => {
    await readExactly(client, 3);
    client.write(Buffer.of(5, 0));
    await readExactly(client, 10);
    client.resetAndDestroy();
  });
  const guilty = entryOf(cut, 5);
  (await poolOf(guilty, entryOf(alive, 50)).pool.connect(echo, unhurried())).destroy();
  assert.equal(guilty.record.reason, 'proxy-closed');
});

test('what becomes of a stream after the network has changed is not held against its proxy', async () => {
  await using echo = await startEcho();
  await using proxy = await startSocks5();
  const entry = entryOf(proxy, 5);
  const { pool, doubted } = poolOf(entry);
  for (const hasChanged of [true, false]) {
    const stream = await pool.connect(echo, unhurried());
    if (hasChanged) pool.networkChanged();
    pool.observe(stream, { kind: 'transfer', ms: 15_000 });
    pool.observe(stream, { kind: 'failed', code: 'proxy-closed' });
    assert.equal(entry.record.transfer?.value, hasChanged ? undefined : 15_000);
    assert.equal(doubted.length, hasChanged ? 0 : 1);
    stream.destroy();
  }
});

test('a destination whose stream was cut is reached through another proxy the next time, others are not', async () => {
  await using echo = await startEcho();
  await using first = await startSocks5();
  await using second = await startSocks5();
  const { pool, doubted } = poolOf(entryOf(first, 5), entryOf(second, 50));
  const site = { host: 'origin.test', port: echo.port };
  const stream = await pool.connect(site, unhurried());
  pool.observe(stream, { kind: 'cut' });
  stream.destroy();
  for (const destination of [site, echo]) (await pool.connect(destination, unhurried())).destroy();
  assert.deepEqual([first.asked.length, second.asked.length, doubted.length], [2, 1, 0]);
});
