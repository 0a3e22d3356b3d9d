import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeSocksAddress, encodeSocksAddress } from '../../main/engine/socks-address.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const ipv6 = fc.ipV6().map((host) => new URL(`http://[${host}]`).hostname.slice(1, -1)); // the shortest spelling
const hosts = fc.oneof(fc.ipV4(), ipv6, fc.domain());

test('an address comes back as it was, whatever follows it, and is not taken for complete before', () => {
  fc.assert(
    fc.property(
      hosts,
      fc.nat(65_535),
      fc.uint8Array(),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (host, port, rest, cut) => {
        const bytes = encodeSocksAddress({ host, port });
        assert.deepEqual(decodeSocksAddress(Buffer.concat([bytes, rest])), { value: { host, port }, length: bytes.length });
        assert.equal(decodeSocksAddress(bytes.subarray(0, Math.floor(cut * bytes.length))), null);
      },
    ),
  );
});

test('an unknown type has no value, and garbage never throws', () => {
  assert.deepEqual(decodeSocksAddress(Buffer.of(2, 0, 0)), { value: null, length: 3 });
  fc.assert(fc.property(fc.uint8Array(), (garbage) => void decodeSocksAddress(Buffer.from(garbage))));
});
