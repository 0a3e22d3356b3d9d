import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTickets } from '../../main/engine/transports/tls-tickets.ts';

const ticket = (n: number) => Buffer.of(n);

test('the newest ticket is given first, none twice, and few are kept', () => {
  const tickets = createTickets();
  assert.equal(tickets.take('a:1'), undefined);
  for (let n = 0; n < 50; n++) tickets.keep('a:1', ticket(n));
  const taken = Array.from({ length: 33 }, () => tickets.take('a:1')?.[0]);
  assert.deepEqual(taken, [...Array.from({ length: 32 }, (_, index) => 49 - index), undefined]);
});

test('a ticket is for one address', () => {
  const tickets = createTickets();
  tickets.keep('a:1', ticket(1));
  assert.equal(tickets.take('a:2'), undefined);
  tickets.keep('a:2', ticket(2));
  assert.equal(tickets.take('a:1'), undefined);
  assert.deepEqual(tickets.take('a:2'), ticket(2));
});

test('of thousands of proxies those used last keep theirs', () => {
  const all = Array.from({ length: 1000 }, () => createTickets());
  for (const tickets of all) tickets.keep('a:1', ticket(1));
  const kept = all.map((tickets) => tickets.take('a:1') !== undefined);
  assert.equal(kept.filter(Boolean).length, 256);
  assert.deepEqual(kept.slice(-256), Array(256).fill(true));
});
