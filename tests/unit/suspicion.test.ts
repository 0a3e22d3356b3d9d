import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Suspicion } from '../../main/engine/selection/suspicion.ts';

const proxy = {};

test('three overdue connections with nothing heard since they began make a proxy suspect, once', () => {
  const suspicion = new Suspicion<object>();
  suspicion.heard(proxy, 100);
  assert.deepEqual(
    [101, 102].map((begunAt) => suspicion.overdue(proxy, begunAt)),
    [false, false],
  );
  assert.equal(suspicion.isSuspect(proxy), false);
  assert.equal(suspicion.overdue(proxy, 103), true);
  assert.equal(suspicion.isSuspect(proxy), true);
  assert.equal(suspicion.overdue(proxy, 104), false); // not just now
});

test('a connection that began before the proxy was last heard is merely slow', () => {
  const suspicion = new Suspicion<object>();
  suspicion.heard(proxy, 100);
  for (const begunAt of [90, 91, 92, 93]) assert.equal(suspicion.overdue(proxy, begunAt), false);
  for (const begunAt of [90, 91, 92, 93]) assert.equal(suspicion.beaten(proxy, begunAt), false);
  assert.equal(suspicion.isSuspect(proxy), false);
});

test('one success clears everything', () => {
  const suspicion = new Suspicion<object>();
  for (const begunAt of [1, 2, 3]) suspicion.overdue(proxy, begunAt);
  for (const begunAt of [1, 2]) suspicion.beaten(proxy, begunAt);
  suspicion.heard(proxy, 5);
  assert.equal(suspicion.isSuspect(proxy), false);
  assert.equal(suspicion.beaten(proxy, 6), false);
});

test('three beaten by another proxy prove that it is silent', () => {
  const suspicion = new Suspicion<object>();
  assert.deepEqual(
    [1, 2, 3].map((begunAt) => suspicion.beaten(proxy, begunAt)),
    [false, false, true],
  );
});
