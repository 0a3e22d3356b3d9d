import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createDispatch } from '../../main/control/dispatch.ts';
import { EngineError } from '../../main/engine/errors.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { type Calls, recordingCommands } from './input.ts';

assertNothingLeftOpen();

const MiB = 1024 * 1024;
const neverLogged = (what: string, error: unknown) => assert.fail(`logged ${what}: ${error}`);

/** Arguments that each command takes, and some that are just outside of what it takes. */
const cases: Record<string, { good: unknown[]; bad: unknown[] }> = {
  importText: {
    good: [{ text: '' }, { text: 'x'.repeat(8 * MiB) }, { text: '', source: 'x'.repeat(200) }],
    bad: [
      {},
      { text: 1 },
      { text: '', source: 'x'.repeat(201) },
      { text: '', source: null },
      { text: 'x'.repeat(8 * MiB + 1) },
      { text: 'ж'.repeat(4 * MiB + 1) },
      { text: '', more: 1 },
    ],
  },
  answerPending: { good: [{ id: 1, accept: true }], bad: [{ id: 1, accept: 'yes' }, { accept: true }, {}] },
  updateSubscriptions: { good: [{ ids: 'all' }, { ids: ['1'] }], bad: [{}, { ids: 'failing' }, { ids: [''] }] },
  removeSubscription: { good: [{ id: '1' }], bad: [{}, { id: '' }, { id: '1', keep: true }] },
  listProxies: {
    good: [
      { offset: 0, limit: 1 },
      { offset: 7, limit: 500, search: 'x'.repeat(200) },
    ],
    bad: [
      { offset: -1, limit: 1 },
      { offset: 0.5, limit: 1 },
      { offset: 0, limit: 501 },
      { offset: 0, limit: 0 },
      { offset: 0, limit: 1, search: 'x'.repeat(201) },
      { offset: 0, limit: 1, search: undefined },
      { offset: 2 ** 53, limit: 1 },
    ],
  },
  listProxyIds: { good: [{}, { search: 'x' }], bad: [{ search: 'x'.repeat(201) }, { search: null }, { limit: 1 }] },
  testProxies: {
    good: [{ ids: 'all' }, { ids: [] }, { ids: Array(100_000).fill('a') }],
    bad: [{ ids: 'failing' }, { ids: Array(100_001).fill('a') }, { ids: [1] }, { ids: [''] }, { ids: ['x'.repeat(101)] }],
  },
  cancelTests: { good: [{}], bad: [{ a: 1 }, null, []] },
  pinProxy: {
    good: [{ id: 'a' }, { id: null }, { id: 'a', minutes: 60 }, { id: 'a', minutes: 10_080 }],
    bad: [{}, { id: 1 }, { id: 'a', minutes: 0 }, { id: 'a', minutes: 10_081 }, { id: 'a', minutes: 1.5 }, { id: 'a', minutes: null }],
  },
  excludeProxies: {
    good: [
      { ids: ['a'], excluded: true },
      { ids: [], excluded: false },
    ],
    bad: [{ ids: 'all', excluded: true }, { ids: ['a'] }, { ids: ['a'], excluded: 1 }],
  },
  listSwitches: { good: [{}], bad: [{ limit: 1 }, null] },
  removeProxies: { good: [{ ids: 'failing' }, { ids: ['a'] }], bad: [{ ids: 'all' }] },
  exportProxies: {
    good: [
      { ids: 'all', format: 'links' },
      { ids: ['a'], format: 'sing-box' },
    ],
    bad: [{ ids: 'failing', format: 'links' }, { ids: 'all' }, { ids: 'all', format: 'pdf' }],
  },
  changeSettings: {
    good: [
      {},
      { claimTelegramLinks: true },
      { mode: 'sticky', group: 'x'.repeat(200), allowDirectCheck: true },
      { group: null },
      { allowDirectFetch: true },
    ],
    bad: [
      { claimTelegramLinks: 1 },
      { other: true },
      { mode: 'fastest' },
      { mode: null },
      { group: 'x'.repeat(201) },
      { allowDirectCheck: 'no' },
      { allowDirectFetch: 1 },
    ],
  },
  dismissNotice: { good: [{ id: 'a' }], bad: [{ id: '' }, {}] },
  setSystemProxy: { good: [{ on: true }], bad: [{}, { on: 'yes' }, { on: true, force: true }] },
  changeSystemProxy: {
    good: [
      {},
      { pac: true, neverDirect: false, reapply: true },
      { bypass: ['localhost', '.lan', '*.example.com', '10.0.0.0/8', 'fe80::/10', 'банк.рф'] },
    ],
    bad: [
      { pac: 1 },
      { bypass: 'localhost' },
      { bypass: [''] },
      { bypass: ["'; rm"] },
      { bypass: ['a b'] },
      { bypass: ['a,b'] },
      { bypass: ['<-loopback>'] },
      { bypass: ['x'.repeat(254)] },
      { bypass: Array(201).fill('a') },
    ],
  },
  diagnose: { good: [{}], bad: [{ allowDirect: true }] },
  repair: { good: [{ id: 'x' }], bad: [{}, { id: '' }, { id: 'x'.repeat(101) }, { id: 'x', force: true }] },
};

test('every command passes on what the contract allows, and nothing else', async () => {
  const calls: Calls = [];
  const commands = recordingCommands(calls);
  const dispatch = createDispatch({ commands }, neverLogged);
  assert.deepEqual(Object.keys(cases), Object.keys(commands));
  for (const [name, { good, bad }] of Object.entries(cases)) {
    for (const args of good) {
      const outcome = await dispatch(name, args);
      assert.equal(outcome.ok, true, name);
      assert.deepEqual(calls.pop(), [name, args]);
    }
    for (const args of bad) assert.deepEqual(await dispatch(name, args), { ok: false, code: 'bad-arguments' }, name);
  }
  assert.deepEqual(calls, []);
});

test('a name that is no command is refused, also one that every object has', async () => {
  const dispatch = createDispatch({ commands: recordingCommands([]) }, neverLogged);
  for (const name of [
    '',
    'nothing',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'ImportText',
    1,
    null,
    undefined,
    {},
    ['importText'],
  ]) {
    assert.deepEqual(await dispatch(name, {}), { ok: false, code: 'unknown-command' });
  }
});

test('keys that change the prototype are refused', async () => {
  const dispatch = createDispatch({ commands: recordingCommands([]) }, neverLogged);
  const text = '{"text":"x","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}';
  assert.deepEqual(await dispatch('importText', JSON.parse(text)), { ok: false, code: 'bad-arguments' });
  assert.equal('polluted' in {}, false);
});

test('failures are outcomes: an EngineError gives its code, anything else is internal and logged without the arguments', async () => {
  const logged: unknown[][] = [];
  const boom = new Error('boom');
  const commands = recordingCommands([], {
    pinProxy: async () => {
      throw new EngineError('unknown-proxy');
    },
    importText: () => {
      throw boom; // not even a promise
    },
    exportProxies: () => Promise.reject('no error object'),
  });
  const dispatch = createDispatch({ commands }, (...entry) => logged.push(entry));
  assert.deepEqual(await dispatch('pinProxy', { id: 'a' }), { ok: false, code: 'unknown-proxy' });
  assert.deepEqual(logged, []);
  assert.deepEqual(await dispatch('importText', { text: 'secret' }), { ok: false, code: 'internal' });
  assert.deepEqual(await dispatch('exportProxies', { ids: 'all', format: 'links' }), { ok: false, code: 'internal' });
  assert.deepEqual(logged, [
    ['importText', boom],
    ['exportProxies', 'no error object'],
  ]);
});

test('random names and arguments never throw and never are an internal error', async () => {
  const dispatch = createDispatch({ commands: recordingCommands([]) }, neverLogged);
  const name = fc.oneof(fc.constantFrom(...Object.keys(cases)), fc.anything());
  const plausible = fc.record(
    { text: fc.anything(), ids: fc.anything(), id: fc.anything(), limit: fc.integer(), offset: fc.integer(), accept: fc.boolean() },
    { requiredKeys: [] },
  );
  const args = fc.oneof(
    plausible,
    fc.jsonValue(),
    fc.anything({ withNullPrototype: true, withBigInt: true, withMap: true, withDate: true }),
  );
  await fc.assert(
    fc.asyncProperty(name, args, async (name, args) => {
      const outcome = await dispatch(name, args);
      assert.ok(outcome.ok || ['unknown-command', 'bad-arguments'].includes(outcome.code));
    }),
    { numRuns: 2000 },
  );
});
