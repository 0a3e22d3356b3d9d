import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statusOf } from '../../main/engine/state.ts';
import type { ProxyRow, Status } from '../../preload/contract.ts';

const none = { total: 0, working: 0, failing: 0, untested: 0, notSpoken: 0 };
const failing = { ...none, total: 2, failing: 2 };
const working = { ...none, total: 2, working: 2 };
const far = { address: '192.0.2.1:1080' } as ProxyRow;
const local = { address: '127.0.0.1:9050' } as ProxyRow;

const table: readonly (readonly [Status, Partial<Parameters<typeof statusOf>[0]>])[] = [
  ['no-proxies', { counts: none }],
  ['no-proxies', { counts: { ...none, total: 3, notSpoken: 3 } }],
  ['no-proxies', { counts: none, trouble: 'offline' }],
  ['testing', { counts: failing, mayFind: true }],
  ['blocked', { counts: { ...failing, untested: 1 } }], // which may not be used
  ['blocked', { counts: failing }],
  ['ready', { counts: working, active: far, mayFind: true }],
  ['offline', { counts: failing, trouble: 'offline' }],
  ['offline', { counts: working, active: far, trouble: 'offline' }], // it kept its rank, but leads nowhere now
  ['captive-portal', { counts: working, active: far, trouble: 'captive-portal' }],
  ['ready', { counts: working, active: local, trouble: 'offline' }],
];

test('one status for each situation', () => {
  for (const [status, known] of table)
    assert.equal(statusOf({ counts: none, active: null, mayFind: false, trouble: null, ...known }), status, JSON.stringify(known));
});
