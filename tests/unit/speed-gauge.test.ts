import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SpeedGauge } from '../../main/engine/inbound/speed-gauge.ts';

const fullBytes = 16 * 1024;

function record(bytes: number, type = 23): Buffer {
  const header = Buffer.of(type, 3, 3, 0, 0);
  header.writeUInt16BE(bytes, 3);
  return Buffer.concat([header, Buffer.alloc(bytes, 0xee)]);
}
const records = (count: number, bytes = fullBytes) => Buffer.concat(Array.from({ length: count }, () => record(bytes)));

function gauge() {
  const told: (number | string)[] = [];
  return { told, gauge: new SpeedGauge((outcome) => told.push(outcome.kind === 'transfer' ? outcome.ms : outcome.kind)) };
}

test('what a record takes from its head to its end, and not what passes between two of them', () => {
  const { told, gauge: it } = gauge();
  assert.ok(it.take(record(100, 22), 0)); // a handshake, too small to tell anything
  for (const at of [5000, 60_000]) {
    assert.ok(it.take(record(fullBytes).subarray(0, 900), at));
    assert.ok(it.take(record(fullBytes).subarray(900), at + 300));
  }
  assert.ok(!it.take(record(fullBytes), 90_000)); // whole at once
  assert.deepEqual(told, [200]);
});

test('a slow one is known before much has come, a stuck one at its end', () => {
  const slow = gauge();
  slow.gauge.take(record(fullBytes).subarray(0, 10), 0);
  slow.gauge.take(record(fullBytes).subarray(10), 4000);
  assert.deepEqual(slow.told, [4000]);
  const stuck = gauge();
  stuck.gauge.take(record(fullBytes).subarray(0, 5 + fullBytes / 2), 0);
  stuck.gauge.end(6000);
  assert.deepEqual(stuck.told, [12_000]);
  stuck.gauge.end(9000);
  assert.equal(stuck.told.length, 1);
});

test('a record that is cut is told, once; an end between two records tells nothing', () => {
  const { told, gauge: it } = gauge();
  it.take(record(fullBytes), 0);
  it.cut();
  assert.deepEqual(told, []);
  it.take(record(100).subarray(0, 6), 10);
  it.cut();
  it.cut();
  it.end(90_000);
  assert.deepEqual(told, ['cut']);
});

test('nothing is told where the reader was slow, where it left soon, of small records, and of what is not TLS', () => {
  const { told, gauge: it } = gauge();
  it.take(record(fullBytes).subarray(0, 10), 0);
  it.spoil();
  it.take(record(fullBytes).subarray(10), 50_000);
  it.take(records(100, 4000).subarray(0, -1), 60_000);
  it.take(Buffer.alloc(1), 90_000);
  it.take(record(fullBytes).subarray(0, 9), 90_000);
  it.end(92_000);
  for (const other of ['HTTP/1.1 200 OK\r\n', 'SSH-2.0-OpenSSH', '\x17\x02\x00\x40\x00']) {
    const { gauge: plain, told: also } = gauge();
    assert.ok(!plain.take(Buffer.concat([Buffer.from(other, 'latin1'), Buffer.alloc(100_000)]), 0));
    plain.end(90_000);
    assert.deepEqual(also, []);
  }
  assert.deepEqual(told, []);
});

test('however the bytes are cut, the time from a head to an end is the same; garbage tells nothing that is not a number', () => {
  const cut = (bytes: Buffer, sizes: readonly number[]) => {
    const pieces: Buffer[] = [];
    for (let at = 0, i = 0; at < bytes.length; at += sizes[i++ % sizes.length] ?? 1)
      pieces.push(bytes.subarray(at, at + (sizes[i % sizes.length] ?? 1)));
    return pieces;
  };
  const sizes = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1 });
  fc.assert(
    fc.property(sizes, fc.uint8Array({ maxLength: 300 }), (pieces, garbage) => {
      const { told, gauge: it } = gauge();
      let now = 0;
      for (const piece of cut(records(3), pieces)) it.take(piece, now++);
      assert.equal(told.length, 1);
      assert.ok(Number(told[0]) <= now);
      const other = gauge();
      for (const piece of cut(Buffer.from(garbage), pieces)) other.gauge.take(piece, now++);
      other.gauge.end(now + 10_000);
      assert.ok(other.told.every((ms) => Number(ms) >= 0 && Number.isFinite(ms)));
    }),
  );
});
