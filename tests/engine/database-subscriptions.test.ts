import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDatabase } from '../../main/engine/database.ts';
import { platformOn, readAllFiles, temporaryDataFolder } from '../rigs/data-folder.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const [a, b, c] = ['socks5://a.example.com:1080', 'socks5://b.example.com:1080', 'socks5://c.example.com:1080'];
const text = JSON.stringify({ url: 'https://lists.example.com/sub?token=mArK', name: 'Lists' });

test('subscriptions come back as they were, and nothing of them is in any byte of the folder', (t) => {
  const folder = temporaryDataFolder(t);
  const first = openDatabase(platformOn(folder));
  const id = first.addSubscription(text);
  const other = first.addSubscription('another');
  first.saveSubscription(other, 'changed');
  first.close();
  for (const [name, bytes] of readAllFiles(folder)) {
    for (const mark of ['mArK', 'lists.example']) assert.ok(!bytes.includes(mark), `${mark} in ${name}`);
  }
  const second = openDatabase(platformOn(folder));
  assert.deepEqual(second.loadSubscriptions(), [
    { id, text },
    { id: other, text: 'changed' },
  ]);
  second.removeSubscription(other);
  assert.notEqual(second.addSubscription('third'), other);
  second.close();
});

test('a proxy that is on no list any more is told, unless it was added by hand, before or after', (t) => {
  const database = openDatabase(platformOn(temporaryDataFolder(t)));
  const [one, two] = [database.addSubscription('one'), database.addSubscription('two')];
  const ids = new Map<string, string>();
  const add = (links: readonly string[], subscription?: string, seen = 1) => {
    const listing = subscription === undefined ? undefined : { subscription, seen };
    for (const proxy of database.addProxies(links, '', listing)) if (proxy) ids.set(proxy.link, proxy.id);
  };
  add([a]); // by hand before
  add([a, b, c], one);
  add([b], two);
  assert.deepEqual([database.countListed(one), database.countListed(two)], [3, 1]);
  add([c], one, 2);
  assert.deepEqual(database.forgetUnseen(one, 2), [], 'a is by hand, b on the other list');
  assert.deepEqual(database.forgetUnseen(two, 1), []);
  assert.deepEqual(database.removeSubscription(two), [ids.get(b)]);
  add([c]); // by hand after
  assert.deepEqual(database.removeSubscription(one), []);
  assert.equal(database.loadProxies().length, 3, 'telling is not removing');
  database.close();
});

test('a subscription whose key cannot be opened is counted and kept, and comes back with it', (t) => {
  const { secrets, ...platform } = platformOn(temporaryDataFolder(t));
  const store = { isLocked: false };
  const open = (sealed: string) => {
    if (store.isLocked) throw new Error('locked');
    return secrets.open(sealed);
  };
  const lockable = { ...platform, secrets: { seal: secrets.seal, open } };
  const first = openDatabase(lockable);
  const id = first.addSubscription(text);
  first.close();
  store.isLocked = true;
  const locked = openDatabase(lockable);
  assert.deepEqual([locked.loadSubscriptions(), locked.unreadableLinks], [[], 1]);
  store.isLocked = false;
  locked.addProxies([a]); // under a new key
  locked.close();
  for (const _ of ['first', 'second']) {
    const again = openDatabase(lockable);
    assert.deepEqual([again.loadSubscriptions(), again.unreadableLinks], [[{ id, text }], 0]);
    again.close();
  }
});
