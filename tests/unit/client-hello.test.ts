import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import fc from 'fast-check';
import { recogniseClientHello } from '../../main/engine/inbound/client-hello.ts';
import { startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

function record(payload: Uint8Array): Buffer {
  const header = Buffer.of(22, 3, 1, 0, 0);
  header.writeUInt16BE(payload.length, 3);
  return Buffer.concat([header, payload]);
}

function message(body: Uint8Array, type = 1): Buffer {
  const header = Buffer.of(type, 0, 0, 0);
  header.writeUIntBE(body.length, 1, 3);
  return Buffer.concat([header, body]);
}

/** The message in records that are cut at these places, and where in the bytes each record starts. */
function inRecords(bytes: Buffer, cuts: readonly number[]): Buffer {
  const ends = [...new Set(cuts.map((cut) => 1 + (cut % bytes.length))), bytes.length].sort((a, b) => a - b);
  let start = 0;
  const records: Buffer[] = [];
  for (const end of ends) {
    if (end > start) records.push(record(bytes.subarray(start, end)));
    start = end;
  }
  return Buffer.concat(records);
}

const bodies = fc.uint8Array({ minLength: 41, maxLength: 3000 });
const hellos = fc.tuple(bodies, fc.array(fc.nat(), { maxLength: 6 })).map(([body, cuts]) => inRecords(message(body), cuts));

test('a ClientHello is recognised however records cut it, and before its end as one that has begun', () => {
  fc.assert(
    fc.property(hellos, fc.nat(), (hello, cut) => {
      assert.equal(recogniseClientHello(hello), 'whole');
      const length = cut % hello.length;
      assert.equal(recogniseClientHello(hello.subarray(0, length)), length < 6 ? 'unclear' : 'begun', `${length} of ${hello.length}`);
    }),
  );
});

test('a ClientHello that anything follows is none', () => {
  fc.assert(
    fc.property(hellos, fc.uint8Array({ minLength: 1, maxLength: 100 }), (hello, more) => {
      assert.equal(recogniseClientHello(Buffer.concat([hello, more])), 'other');
    }),
  );
  const hello = record(message(new Uint8Array(100)));
  assert.equal(recogniseClientHello(Buffer.concat([hello, hello])), 'other');
});

test('random bytes are never one', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 6, maxLength: 300 }), (bytes) => {
      fc.pre(bytes[0] !== 22 || bytes[1] !== 3 || bytes[5] !== 1);
      assert.equal(recogniseClientHello(Buffer.from(bytes)), 'other');
    }),
    { numRuns: 1000 },
  );
});

test('one wrong byte in what frames it, and it is none', () => {
  const hello = record(message(new Uint8Array(100)));
  const wrong: [place: number, values: number[]][] = [
    [0, [20, 21, 23]], // other records
    [1, [2, 4]], // no TLS
    [3, [0x80]], // a record too long to be one
    [4, [103, 105]], // a record shorter or longer than the message
    [5, [0, 2, 11]], // other messages
    [8, [99]], // a message shorter than the record
  ];
  for (const [place, values] of wrong) {
    for (const value of values) {
      const bytes = Buffer.from(hello);
      bytes[place] = value;
      assert.equal(recogniseClientHello(bytes), 'other', `${value} at ${place}`);
    }
  }
  assert.equal(recogniseClientHello(record(message(new Uint8Array(40)))), 'other', 'too short to say anything');
  assert.equal(recogniseClientHello(record(Buffer.alloc(0))), 'other', 'an empty record');
});

test('what node:tls says first is one', async () => {
  const heard = Promise.withResolvers<Buffer>();
  await using server = await startServer((socket) => void socket.once('data', heard.resolve));
  const tcp = connectTcp(server.port, server.host);
  await once(tcp, 'connect');
  const client = connectTls({ socket: tcp, servername: 'origin.test' }).on('error', () => {});
  assert.equal(recogniseClientHello(await heard.promise), 'whole');
  client.destroy();
  tcp.destroy();
});

test('requests of other protocols are none', () => {
  for (const text of ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'SSH-2.0-OpenSSH_9.2\r\n', 'EHLO a.test\r\n']) {
    assert.equal(recogniseClientHello(Buffer.from(text)), 'other');
  }
});
