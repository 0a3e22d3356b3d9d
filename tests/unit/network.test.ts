import assert from 'node:assert/strict';
import type { NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { Network } from '../../main/engine/network.ts';

const internal = ['127.0.0.1', '::1'];
const info = (address: string) => ({ address, internal: internal.includes(address) }) as NetworkInterfaceInfo;

/** A computer with these addresses; `changes` counts what the network told. */
function computer(...addresses: string[]) {
  const it = { addresses, now: 1_000_000, changes: 0 };
  const readInterfaces = (() => ({ some: it.addresses.map(info) })) as typeof networkInterfaces;
  const network = new Network({ readInterfaces, now: () => it.now, onChange: () => it.changes++ });
  const lookAfter = (ms: number) => {
    it.now += ms;
    network.look();
  };
  return { it, network, lookAfter };
}

test('up with any address that leads somewhere; loopback and link-local ones do not', () => {
  assert.ok(!computer(...internal, 'fe80::1', '169.254.3.4').network.isUp);
  assert.ok(computer(...internal, '192.168.1.2').network.isUp);
  assert.ok(computer('2001:db8::1').network.isUp);
});

test('a change of addresses is told once, one of link-local addresses or of their order not at all', () => {
  const { it, network, lookAfter } = computer('127.0.0.1', '10.0.0.2', '10.1.0.2');
  lookAfter(2000);
  it.addresses = ['fe80::7', '10.1.0.2', '10.0.0.2'];
  lookAfter(2000);
  assert.equal(it.changes, 0);
  it.addresses = ['127.0.0.1'];
  lookAfter(2000);
  lookAfter(2000);
  assert.equal(it.changes, 1);
  assert.ok(!network.isUp);
  it.addresses = ['127.0.0.1', '10.0.0.9'];
  lookAfter(2000);
  assert.equal(it.changes, 2);
  assert.ok(network.isUp);
});

test('a look that comes over ten seconds late is a wake; one that is a little late is not', () => {
  const { it, lookAfter } = computer('10.0.0.2');
  lookAfter(11_000);
  assert.equal(it.changes, 0);
  lookAfter(13_000);
  assert.equal(it.changes, 1);
  lookAfter(2000);
  assert.equal(it.changes, 1);
});

test('who is told by the system may say so', () => {
  const { it, network, lookAfter } = computer('10.0.0.2');
  network.wake();
  lookAfter(2000);
  assert.equal(it.changes, 1);
});
