import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readListInfo } from '../../main/engine/subscriptions/list-info.ts';
import { dueAt, newSubscription } from '../../main/engine/subscriptions/subscription.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const name = (headers: Record<string, string>, body = '') => readListInfo(headers, body).name;

test('the name comes from the title, then from the file name, then from a comment', () => {
  const disposition = `attachment; filename="plain.yaml"; filename*=UTF-8''My%20VPN.txt`;
  assert.equal(name({ 'profile-title': 'base64:VGVzdA==', 'content-disposition': disposition }), 'Test');
  assert.equal(name({ 'profile-title': 'Plain' }), 'Plain');
  assert.equal(name({ 'profile-title': Buffer.from('Мой список').toString('latin1') }), 'Мой список'); // as Node gives it
  assert.equal(name({ 'content-disposition': disposition }), 'My VPN');
  assert.equal(name({ 'content-disposition': 'attachment; filename=plain.yaml' }), 'plain');
  assert.equal(name({}, '#profile-title: base64:VGVzdA==\nss://x'), 'Test');
  assert.equal(name({}, '//profile-title: Comment\n'), 'Comment');
  assert.equal(name({}, `${'\n'.repeat(10)}#profile-title: too late`), '');
  assert.equal(name({}), '');
});

test('a hostile name is one short line that runs in one direction', () => {
  const hostile = `\u202eevil\r\nline\0 ${'x'.repeat(500)}`;
  for (const title of [`base64:${Buffer.from(hostile).toString('base64')}`, '%E2%80%AE%0D%0A']) {
    const shown = name({ 'profile-title': title, 'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(hostile)}` });
    assert.ok(shown.length <= 120 && !/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(shown), shown);
  }
});

test('quota and expiry in every usual form', () => {
  const quota = (text: string, header = 'subscription-userinfo') => {
    const { usedBytes, totalBytes, expiresAt } = readListInfo({ [header]: text }, '');
    return [usedBytes, totalBytes, expiresAt];
  };
  assert.deepEqual(quota('upload=123; download=456; total=1073741824; expire=1767225600'), [579, 1_073_741_824, 1_767_225_600_000]);
  assert.deepEqual(quota('upload=0; download=1.5E9; total=0; expire='), [1_500_000_000, null, null]);
  assert.deepEqual(quota('Total=10,Download=4', 'x-subscription-userinfo'), [4, 10, null]);
  assert.deepEqual(quota('expire=99999999999999'), [null, null, null]);
  assert.deepEqual(quota('upload=-5; total=nonsense'), [null, null, null]);
  assert.deepEqual(quota(''), [null, null, null]);
});

test('a list of SIP008 says its quota itself, where no header does', () => {
  const quota = (fields: object, headers: Record<string, string> = {}, space?: number) => {
    const { usedBytes, totalBytes } = readListInfo(headers, JSON.stringify({ version: 1, servers: [], ...fields }, null, space));
    return [usedBytes, totalBytes];
  };
  assert.deepEqual(quota({ bytes_used: 300, bytes_remaining: 700 }), [300, 1000]);
  assert.deepEqual(quota({ bytes_used: 300, bytes_remaining: 700 }, {}, 2), [300, 1000]);
  assert.deepEqual(quota({ bytes_used: 1000, bytes_remaining: 0 }), [1000, 1000]);
  assert.deepEqual(quota({ bytes_remaining: 700 }), [0, 700]);
  assert.deepEqual(quota({ bytes_used: 300 }), [300, null]);
  assert.deepEqual(quota({ bytes_used: 300, bytes_remaining: 700 }, { 'subscription-userinfo': 'download=4; total=10' }), [4, 10]);
  assert.deepEqual(quota({ bytes_used: -1, bytes_remaining: 'x' }), [null, null]);
  assert.deepEqual(quota({ note: '"bytes_used": 5' }), [null, null]);
  assert.deepEqual(quota({ bytes_used: 9e15, bytes_remaining: 9e15 }), [9e15, null]); // more than can be counted exactly
  assert.deepEqual(quota({ servers: undefined, bytes_used: 300 }), [null, null]);
});

test('the interval is between an hour and thirty days', () => {
  const hours = (text: string) => readListInfo({ 'profile-update-interval': text }, '').intervalHours;
  assert.deepEqual(['12', '0.1', '1e9', '1.5', '0', '-3', 'x', ''].map(hours), [12, 1, 720, 1.5, null, null, null, null]);
});

test('no header and no body breaks it', () => {
  const names = ['profile-title', 'content-disposition', 'profile-update-interval', 'subscription-userinfo'];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), fc.string({ unit: 'binary' })), fc.string(), (headers, body) => {
      const info = readListInfo(headers, body);
      assert.ok(info.name.length <= 240);
      for (const value of [info.intervalHours, info.usedBytes, info.totalBytes, info.expiresAt]) {
        assert.ok(value === null || (value > 0 && Number.isFinite(value)) || value === 0);
      }
    }),
  );
});

test('a list is due after its interval, after a failure of the list in an hour, after one of the way to it in five minutes, and at once when it is new', () => {
  const hour = 3_600_000;
  const tried = { ...newSubscription, url: '', name: '', triedAt: 1000 * hour };
  assert.equal(dueAt({ ...tried, triedAt: null }, 0.5), 0);
  assert.equal(dueAt(tried, 0.5), 1024 * hour);
  assert.equal(dueAt({ ...tried, intervalHours: 10 }, 0), 1009 * hour);
  assert.equal(dueAt({ ...tried, intervalHours: 10 }, 1), 1011 * hour);
  assert.equal(dueAt({ ...tried, intervalHours: 10, result: 'list-empty' }, 0.5), 1001 * hour);
  assert.equal(dueAt({ ...tried, intervalHours: 10, result: 'no-proxy-works' }, 0.5), 1000 * hour + hour / 12);
});
