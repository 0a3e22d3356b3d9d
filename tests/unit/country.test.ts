import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProxyList } from '../../main/engine/proxy-list.ts';
import { flagOf, preferred } from '../../main/engine/selection/country.ts';
import { untested, withSuccess } from '../../main/engine/selection/record.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { entryOf } from '../rigs/proxy-entries.ts';

assertNothingLeftOpen();

const proxy = (label: string, connectMs: number) => ({ definition: { label }, record: withSuccess(untested, 1, { connectMs }) });

test('a name tells its country by one flag', () => {
  assert.equal(flagOf('🇩🇪 Frankfurt 3'), '🇩🇪');
  assert.equal(flagOf('[🇺🇸] New York 🇺🇸'), '🇺🇸');
  assert.equal(flagOf('🇷🇺→🇳🇱'), null); // which of them visitors come from, nobody says
  for (const label of ['', 'DE Frankfurt', '🏴‍☠️ 10.0.0.1:1080', '🇩']) assert.equal(flagOf(label), null);
});

test('the same country is preferred where it costs at most 30 % more', () => {
  const [german, dutch] = [proxy('🇩🇪 1', 500), proxy('🇳🇱', 100)];
  const near = proxy('🇩🇪 2', 130);
  assert.equal(preferred([dutch, near], german), near);
  assert.equal(preferred([dutch, proxy('🇩🇪 3', 131)], german), dutch);
  assert.equal(preferred([dutch, proxy('', 110), near], german), near);
});

test('where no country is known, the best is the best', () => {
  const [best, next] = [proxy('🇳🇱', 100), proxy('🇩🇪', 110)];
  assert.equal(preferred([best, next], null), best);
  assert.equal(preferred([best, next], proxy('somewhere', 100)), best);
  assert.equal(preferred([proxy('somewhere', 100), best], proxy('🇩🇪', 500))?.definition.label, 'somewhere');
  assert.equal(preferred([], next), undefined);
  const unmeasured = { definition: { label: '🇩🇪' }, record: untested };
  assert.equal(preferred([unmeasured], next), unmeasured);
});

test('a proxy that fails is followed by one from its country', () => {
  const list = new ProxyList(() => {});
  const entries = ['🇩🇪 1', '🇳🇱 2', '🇩🇪 3'].map((label, index) => {
    const entry = entryOf({ host: '127.0.2.1', port: index + 1 });
    return { ...entry, definition: { ...entry.definition, label } };
  });
  list.add(entries);
  for (const [index, entry] of entries.entries()) list.succeeded(entry, { connectMs: 100 + 10 * index });
  assert.equal(list.current, entries[0]);
  list.failed(entries[0] as (typeof entries)[number], 'proxy-closed');
  assert.equal(list.current, entries[2]);
});
