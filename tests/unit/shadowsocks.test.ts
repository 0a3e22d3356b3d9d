import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createAead } from '../../main/engine/aead.ts';
import { EngineError, LinkError } from '../../main/engine/errors.ts';
import type { Packets } from '../../main/engine/outbound.ts';
import { createAeadCoding, deriveSubkey } from '../../main/engine/outbounds/shadowsocks/aead-coding.ts';
import { createBoxes } from '../../main/engine/outbounds/shadowsocks/boxes.ts';
import { createCoding2022, deriveIdentityKey, deriveSessionKey, keyHash } from '../../main/engine/outbounds/shadowsocks/coding-2022.ts';
import { createAeadPackets, datagramsOver } from '../../main/engine/outbounds/shadowsocks/datagrams.ts';
import { createPackets2022 } from '../../main/engine/outbounds/shadowsocks/datagrams-2022.ts';
import { createMethod, deriveKey } from '../../main/engine/outbounds/shadowsocks/method.ts';
import { createMuxCoding } from '../../main/engine/outbounds/shadowsocks/mux-cool.ts';
import { createHttpObfuscation } from '../../main/engine/outbounds/shadowsocks/obfs-http.ts';
import { createTlsObfuscation } from '../../main/engine/outbounds/shadowsocks/obfs-tls.ts';
import { createReplayWindow } from '../../main/engine/outbounds/shadowsocks/replay-window.ts';
import { shadowsocks } from '../../main/engine/outbounds/shadowsocks.ts';
import type { Coding } from '../../main/engine/transports/coded-stream.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const range = (length: number) => Buffer.from(Array.from({ length }, (_, at) => at));
const hex = (bytes: Buffer) => bytes.toString('hex');
const key16 = Buffer.alloc(16, 0x11).toString('base64');
const key32 = Buffer.alloc(32, 0x22).toString('base64');
const destination = { host: 'origin.test', port: 443 };
const none = Buffer.alloc(0);

const methods2022: readonly (readonly [string, string])[] = [
  ['2022-blake3-aes-128-gcm', key16],
  ['2022-blake3-aes-128-gcm', `${key16}:${Buffer.alloc(16, 0x33).toString('base64')}`],
  ['2022-blake3-aes-256-gcm', key32],
  ['2022-blake3-chacha20-poly1305', key32],
];
const methodsAead = ['aes-128-gcm', 'aes-192-gcm', 'aes-256-gcm', 'chacha20-ietf-poly1305', 'xchacha20-ietf-poly1305'];

describe('keys', () => {
  test('are made of passwords and salts as the specifications say', () => {
    const all = '3cb4e732631f47e6eb961f34554b7cde8ace33bdac244269f1a356b6733e4cf5';
    for (const length of [16, 24, 32]) assert.equal(hex(deriveKey('correct horse', length)), all.slice(0, 2 * length));
    const subkey = deriveSubkey(deriveKey('correct horse', 32), range(32));
    assert.equal(hex(subkey), '016483c36f43bf2d7f72caaf1e1afec87ba04ea96ff451abce0f8d7b1f5a1855');
    assert.equal(hex(deriveSubkey(deriveKey('correct horse', 16), range(16))), 'cf5f88046b0526ca8bd4b72d5a7265cf');
    assert.equal(hex(createBoxes('aes-256-gcm', subkey).seal(Buffer.of(0, 7))), '13d08aebe95ba10716a05c0d43652d9b5f9b');
  });

  test('of the 2022 edition are made by BLAKE3', () => {
    const [psk16, psk32] = [Buffer.alloc(16, 0x11), Buffer.alloc(32, 0x22)];
    assert.equal(hex(deriveSessionKey(psk16, range(16))), 'b999850aae57904842f964c8f573dd19');
    assert.equal(hex(deriveSessionKey(psk32, range(32))), '2035613ff0635fe595845bf7a2c1b3e6cbb9fef249405875cdb27cc86cda8986');
    assert.equal(hex(deriveIdentityKey(psk32, range(32))), '8d0051687d986629cfb510be8fd4f0696e9ac7c71a867721e04020f95c5e356f');
    assert.equal(hex(keyHash(psk32)), '7caa514a05535fd97887e483ce6f1fc3');
  });
});

describe('a link', () => {
  const parse = (username: string, password: string, query: Record<string, string> = {}) =>
    shadowsocks.parse({
      scheme: 'ss',
      host: 'ss.example.com',
      port: 443,
      username,
      password,
      name: '',
      query: new Map(Object.entries(query)),
    });

  test('with a cipher that is spoken says so, however it is spelled', () => {
    for (const name of methodsAead) assert.equal(parse(name, 'pw').notSpoken, null, name);
    for (const [name, key] of methods2022) assert.equal(parse(name, key).notSpoken, null, name);
    assert.match(parse('AEAD_AES_256_GCM', 'pw').link, /^ss:\/\/aes-256-gcm:pw@/);
    assert.match(parse('chacha20-poly1305', 'pw').link, /^ss:\/\/chacha20-ietf-poly1305:pw@/);
  });

  test('with a cipher of the old kind is kept by its name and never tried', () => {
    for (const name of ['rc4-md5', 'aes-256-cfb', 'chacha20', 'chacha20-ietf', 'salsa20', 'camellia-128-cfb', 'none', 'aes-256-ctr']) {
      const definition = parse(name, 'pw');
      assert.equal(definition.notSpoken, name);
      assert.throws(() => definition.createClient({ label: '', connect: assert.fail }), EngineError);
    }
  });

  test('with what is no cipher is refused without repeating it: it may be a secret', () => {
    for (const text of ['', 'hunter2', 'correct horse', 'aes-256-gcm-x']) {
      assert.throws(
        () => parse(text, 'pw'),
        (error) => error instanceof LinkError && (text === '' || !String(error).includes(text)),
      );
    }
  });

  test('of the 2022 edition needs keys of the right length', () => {
    for (const [name, key] of [
      ['2022-blake3-aes-256-gcm', key16],
      ['2022-blake3-aes-128-gcm', key32],
      ['2022-blake3-aes-128-gcm', 'hunter2'],
      ['2022-blake3-aes-128-gcm', `${key16}:`],
      ['2022-blake3-aes-128-gcm', ''],
      ['2022-blake3-chacha20-poly1305', `${key32}:${key32}`],
    ] as const) {
      assert.throws(() => parse(name, key), LinkError, `${name} ${key}`);
    }
  });

  test('has a prefix of bytes, which leaves enough of the salt', () => {
    assert.match(parse('aes-256-gcm', 'pw', { prefix: '\x16\x03\x01\x00\xa8\x01\x01' }).link, /prefix=%16%03%01%00%C2%A8%01%01$/);
    for (const prefix of ['例', 'x'.repeat(25), 'x'.repeat(33)]) assert.throws(() => parse('aes-256-gcm', 'pw', { prefix }), LinkError);
    parse('aes-256-gcm', 'pw', { prefix: 'x'.repeat(24) });
  });

  test('over a transport says so, and what of it is not spoken', () => {
    assert.equal(parse('aes-256-gcm', 'pw', { type: 'ws', security: 'tls', allowInsecure: '1' }).insecure, true);
    assert.equal(parse('aes-256-gcm', 'pw', { security: 'reality' }).notSpoken, 'REALITY');
  });

  test('with a plugin that is not spoken is kept by its name', () => {
    for (const [plugin, name] of [
      ['shadow-tls;host=a.test', 'shadow-tls'],
      ['kcptun', 'kcptun'],
      ['obfs-local;obfs=other', 'simple-obfs'],
      ['v2ray-plugin;mode=quic;mux=0', 'v2ray-plugin QUIC'],
      ['v2ray-plugin;mode=httpupgrade;tls', 'v2ray-plugin HTTPUpgrade'],
      ['v2ray-plugin;mode=meteor', 'v2ray-plugin'],
      ['<script>', 'plugin'],
    ] as const) {
      assert.equal(parse('aes-256-gcm', 'pw', { plugin }).notSpoken, name);
    }
    for (const plugin of [
      'obfs-local;obfs=http;obfs-host=a.test',
      'simple-obfs;obfs=tls',
      'obfs-local;obfs=http;obfs-uri=/a\\;b\\=c',
      'v2ray-plugin;mux=0;tls;path=/a',
    ]) {
      assert.equal(parse('aes-256-gcm', 'pw', { plugin }).notSpoken, null, plugin);
    }
    assert.throws(() => parse('aes-256-gcm', 'pw', { plugin: 'obfs-local;obfs=http;obfs-host=a\r\nX: y' }), LinkError);
  });
});

const codings: Record<string, () => Coding> = {
  ...Object.fromEntries(methodsAead.map((name) => [name, () => createAeadCoding(createMethod(name, 'pw'), destination, none)])),
  ...Object.fromEntries(methods2022.map(([name, key]) => [`${name} ${key}`, () => createCoding2022(createMethod(name, key), destination)])),
  'obfs http': () => createHttpObfuscation('a.test', '/', destination),
  'obfs tls': () => createTlsObfuscation('a.test'),
  'Mux.cool': createMuxCoding,
};
const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 20_000, size: 'max' }), { maxLength: 4 });

describe('a coding', () => {
  for (const name of methodsAead) {
    test(`of ${name} is opened by the same key, however it is cut`, () => {
      fc.assert(
        fc.property(pieces, fc.integer({ min: 1, max: 30_000 }), fc.boolean(), (said, cut, isLate) => {
          const [client, server] = [codings[name]?.(), codings[name]?.()] as [Coding, Coding];
          const wire = Buffer.concat(
            [...(isLate ? [none] : []), ...said, none].map((piece) => client.encode(Buffer.from(piece)) as Buffer),
          );
          const heard: Buffer[] = [];
          for (let at = 0; at < wire.length; at += cut) {
            for (const plain of server.decode(wire.subarray(at, at + cut))) heard.push(plain as Buffer);
          }
          server.decodeEnd?.();
          const address = Buffer.concat([Buffer.of(3, 11), Buffer.from('origin.test'), Buffer.of(1, 187)]);
          assert.ok(Buffer.concat(heard).equals(Buffer.concat([address, ...said])));
        }),
        { numRuns: 15 },
      );
    });
  }

  test('begins with another salt each time, after the prefix', () => {
    const method = createMethod('aes-128-gcm', 'pw');
    const salts = Array.from({ length: 500 }, () => createAeadCoding(method, destination, Buffer.from('POST ')).encode(none) as Buffer);
    assert.equal(new Set(salts.map((wire) => wire.toString('latin1', 0, 16))).size, 500);
    assert.ok(salts.every((wire) => wire.toString('latin1').startsWith('POST ')));
  });

  test('of the 2022 edition does not show the length of what is short', () => {
    for (const [name, key] of methods2022) {
      const lengths = Array.from({ length: 60 }, () => codings[`${name} ${key}`]?.().encode(none).length);
      assert.ok(new Set(lengths).size > 20, name);
    }
  });

  for (const [name, create] of Object.entries(codings)) {
    test(`of ${name} takes garbage for what it is, whatever comes`, () => {
      const wire = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 6 });
      const looksLike = fc.constantFrom(
        '',
        'HTTP/1.1 101 X\r\n\r\n',
        'HTTP/1.1',
        '\x16\x03\x01\x00\x01x\x14\x03\x03\x00\x01x\x17\x03\x03\x00\x05',
      );
      fc.assert(
        fc.property(looksLike, wire, (begin, said) => {
          const coding = create();
          try {
            for (const piece of [Buffer.from(begin, 'latin1'), ...said])
              for (const plain of coding.decode(Buffer.from(piece))) assert.ok(plain === null || Buffer.isBuffer(plain));
            coding.decodeEnd?.();
          } catch (error) {
            assert.ok(error instanceof EngineError, String(error));
          }
        }),
      );
    });
  }
});

describe('several identities', () => {
  const keys = [0x11, 0x22, 0x33].map((fill) => Buffer.alloc(16, fill)) as [Buffer, Buffer, Buffer];
  const [first, second, own] = keys;
  const method = createMethod('2022-blake3-aes-128-gcm', keys.map((key) => key.toString('base64')).join(':'));
  const block = (key: Buffer) => createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);

  test('stand in their order, each sealed for the server that hands on (SIP023)', () => {
    const wire = createCoding2022(method, destination).encode(none) as Buffer;
    const salt = wire.subarray(0, 16);
    const named = (by: Buffer, next: Buffer) => hex(block(deriveIdentityKey(by, salt)).update(keyHash(next)));
    assert.deepEqual([hex(wire.subarray(16, 32)), hex(wire.subarray(32, 48))], [named(first, second), named(second, own)]);
  });

  test('so they do in datagrams', () => {
    const wire = createPackets2022(method).encode(destination, Buffer.from('x'));
    const head = createDecipheriv('aes-128-ecb', first, null).setAutoPadding(false).update(wire.subarray(0, 16));
    const named = (by: Buffer, next: Buffer) => hex(block(by).update(Buffer.from(keyHash(next).map((byte, i) => byte ^ (head[i] ?? 0)))));
    assert.deepEqual([hex(wire.subarray(16, 32)), hex(wire.subarray(32, 48))], [named(first, second), named(second, own)]);
  });
});

describe('datagrams', () => {
  const all = [...methodsAead.map((name) => [name, 'pw'] as const), ...methods2022];
  for (const [name, key] of all) {
    test(`of ${name} drop what is not from the proxy`, () => {
      const method = createMethod(name, key);
      const coding = method.edition === '2022' ? createPackets2022(method) : createAeadPackets(method);
      const listeners: ((packet: Buffer) => void)[] = [];
      const packets: Packets = { send() {}, onMessage: (listener) => void listeners.push(listener), onClose() {}, close() {} };
      const deliver = (packet: Buffer) => listeners.at(0)?.(packet);
      datagramsOver(packets, coding).onMessage(() => assert.fail('heard'));
      const own = coding.encode(destination, Buffer.from('x'));
      if (method.edition === '2022') deliver(own); // a request is no answer
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(), (garbage, at) => {
          deliver(Buffer.from(garbage));
          const changed = Buffer.from(own);
          changed.writeUInt8(changed.readUInt8(at % own.length) ^ 1, at % own.length);
          deliver(changed);
        }),
      );
    });
  }

  test('of the 2022 edition are heard only as answers to this session, and only while the clocks agree', () => {
    const psk = Buffer.alloc(16, 0x11);
    const method = createMethod('2022-blake3-aes-128-gcm', key16);
    const coding = createPackets2022(method);
    const block = (bytes: Buffer) => createCipheriv('aes-128-ecb', psk, null).setAutoPadding(false).update(bytes);
    const unblock = (bytes: Buffer) => createDecipheriv('aes-128-ecb', psk, null).setAutoPadding(false).update(bytes);
    const session = unblock(coding.encode(destination, none).subarray(0, 16)).subarray(0, 8);
    let count = 0;
    const answer = (to: Buffer, secondsOff: number) => {
      const head = Buffer.concat([Buffer.from('sessionS'), Buffer.alloc(7), Buffer.of(count++)]);
      const time = Buffer.alloc(8);
      time.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000) + secondsOff));
      const body = Buffer.concat([Buffer.of(1), time, to, Buffer.of(0, 0), Buffer.of(1, 127, 0, 0, 1, 0, 80), Buffer.from('x')]);
      const box = createAead('aes-128-gcm', deriveSessionKey(psk, head.subarray(0, 8)));
      return Buffer.concat([block(head), box.seal(head.subarray(4), body)]);
    };
    assert.deepEqual(coding.decode(answer(session, 0)), { source: { host: '127.0.0.1', port: 80 }, payload: Buffer.from('x') });
    assert.throws(() => coding.decode(answer(Buffer.alloc(8), 0)), { code: 'proxy-protocol' });
    for (const off of [-180, 180]) assert.throws(() => coding.decode(answer(session, off)), { code: 'proxy-clock' });
  });

  test('are told apart by numbers that come once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6000), { maxLength: 300 }), (numbers) => {
        const isNew = createReplayWindow();
        const seen = new Set<number>();
        let highest = -1;
        for (const number of numbers) {
          const expected = !seen.has(number) && number > highest - 2048;
          assert.equal(isNew(number), expected, `${number} after ${highest}`);
          seen.add(number);
          highest = Math.max(highest, number);
        }
      }),
    );
  });
});
