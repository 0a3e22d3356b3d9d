import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SiteWatch } from '../../main/engine/selection/site-watch.ts';
import type { RefusingSite } from '../../preload/contract.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const second = 1000;
const refused = (host: string, proxies = 2): RefusingSite => ({ host, code: 'destination-refused', proxies });

test('a site is remembered until a minute after its last failure', () => {
  const watch = new SiteWatch();
  assert.equal(watch.refusing(0), null);
  watch.failed(refused('site.test'), 5 * second);
  watch.failed(refused('site.test'), 30 * second);
  assert.deepEqual(watch.refusing(90 * second - 1), refused('site.test'));
  assert.equal(watch.refusing(90 * second), null);
  watch.failed(refused('site.test'), 200 * second);
  assert.deepEqual(watch.refusing(201 * second), refused('site.test'));
});

test('it is forgotten when it answers, however its name is written; another one that answers changes nothing', () => {
  const watch = new SiteWatch();
  watch.failed(refused('Site.Test'), 0);
  watch.connected('other.test');
  assert.deepEqual(watch.refusing(0), refused('site.test'));
  watch.connected('SITE.test');
  assert.equal(watch.refusing(0), null);
});

test('it is forgotten with the network in which it failed', () => {
  const watch = new SiteWatch();
  watch.failed(refused('site.test'), 0);
  watch.networkChanged();
  assert.equal(watch.refusing(0), null);
});

test('what is said last counts, and what is said again is no news', () => {
  const watch = new SiteWatch();
  watch.failed(refused('site.test'), 0);
  const first = watch.refusing(0);
  watch.failed(refused('site.test'), second);
  assert.equal(watch.refusing(second), first);
  watch.failed({ ...refused('site.test'), code: 'destination-timeout' }, 2 * second);
  assert.equal(watch.refusing(2 * second)?.code, 'destination-timeout');
  watch.failed(refused('site.test', 3), 3 * second);
  assert.equal(watch.refusing(3 * second)?.proxies, 3);
});

test('of thousands that fail in turn one is shown at a time, each for ten seconds', () => {
  const watch = new SiteWatch();
  const shown: unknown[] = [];
  for (let now = 0; now < 30 * second; now += 5) {
    watch.failed(refused(`site-${now / second}.test`), now);
    const { host } = watch.refusing(now) ?? {};
    if (shown.at(-1) !== host) shown.push(host);
  }
  assert.deepEqual(shown, ['site-0.test', 'site-10.test', 'site-20.test']);
});

test('one that has answered makes room at once', () => {
  const watch = new SiteWatch();
  watch.failed(refused('one.test'), 0);
  watch.connected('one.test');
  watch.failed(refused('other.test'), 1);
  assert.equal(watch.refusing(1)?.host, 'other.test');
});

test('a name is at most as long as names are, and known by that', () => {
  const watch = new SiteWatch();
  const long = 'x'.repeat(255);
  watch.failed(refused(long), 0);
  assert.equal(watch.refusing(0)?.host.length, 253);
  watch.connected(long);
  assert.equal(watch.refusing(0), null);
});
