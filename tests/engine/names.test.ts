import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createNames, type NamesOptions } from '../../main/engine/outbounds/names.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

/** Too long a label (RFC 1035, section 2.3.4): no server need be asked to know that there is no such name. */
const impossible = `${'a'.repeat(64)}.test`;

/** Everything that a name leads to. */
function lookUp(options: NamesOptions) {
  const lookup = createNames({ helperIdleMs: 1, ...options });
  return promisify((name: string, done: (error: Error | null, addresses: LookupAddress[]) => void) =>
    lookup(name, { all: true }, (error, addresses) => done(error, addresses as LookupAddress[])),
  );
}

const loopback = (addresses: readonly LookupAddress[]) =>
  assert.ok(addresses.length > 0 && addresses.every(({ address }) => address === '127.0.0.1' || address === '::1'));

for (const [where, mostHere] of [
  ['in this process', 2],
  ['in another one, which ends when it is idle', 0],
] as const) {
  test(`a name is found ${where}, and what is none is not`, async () => {
    const find = lookUp({ mostHere });
    for (const addresses of await Promise.all([find('localhost'), find('localhost')])) loopback(addresses);
    await assert.rejects(find(impossible), { code: 'ENOTFOUND' });
    loopback(await find('localhost'));
  });
}

test('for one address, as sockets ask without happy eyeballs', async () => {
  const lookup = createNames();
  const asked = Promise.withResolvers<unknown>();
  lookup('localhost', {}, (error, address, family) => (error ? asked.reject(error) : asked.resolve({ address, family })));
  const { address, family } = (await asked.promise) as { address: string; family: number };
  assert.equal(family, address === '::1' ? 6 : 4);
});

test('where the other process cannot run, names are found nevertheless', async () => {
  const { NODE_OPTIONS: before } = process.env;
  process.env.NODE_OPTIONS = '--no-such-option';
  try {
    const find = lookUp({ mostHere: 0 });
    for (const addresses of await Promise.all([find('localhost'), find('localhost')])) loopback(addresses);
  } finally {
    if (before === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = before;
  }
});
