/** The two text formats of settings on Linux, and what the person's own options may be. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseStrings, printStrings } from '../../main/system-proxy/gvariant.ts';
import { parseGroup } from '../../main/system-proxy/kde-config.ts';
import { firstOptions, readOptions, writeOptions } from '../../main/system-proxy/options.ts';
import { bypassPattern } from '../../preload/system-proxy.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { noSession, openSession } from '../rigs/private-session.ts';
import { temporaryFolder } from '../rigs/programs.ts';

assertNothingLeftOpen();

test('lists of strings come back as they were written, and anything can be read', () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: 'grapheme' })), (texts) => assert.deepEqual(parseStrings(printStrings(texts)), texts)));
  fc.assert(fc.property(fc.string(), (text) => assert.ok(Array.isArray(parseStrings(text)))));
});

test('gsettings itself prints a list of ours in the very same form', { skip: noSession() }, async () => {
  await using session = await openSession({ LC_ALL: 'C.UTF-8' });
  const lists = [[], ['localhost', '::1', '*.local', '10.0.0.0/8'], ["it's", 'a"b', 'back\\slash', 'дом', `both ' and "`]];
  for (const list of lists) {
    await session.gsettings('set', 'org.gnome.system.proxy', 'ignore-hosts', printStrings(list));
    assert.equal((await session.gsettings('get', 'org.gnome.system.proxy', 'ignore-hosts')).trimEnd(), printStrings(list));
  }
});

test("one group of KDE's file, with its escapes; other groups and comments do not count", () => {
  const text =
    '# c\n[Other]\nProxyType=9\n[Proxy Settings]\r\nProxyType = 1\nNoProxyFor=\\sa\\tb\\\\c\\x41\n#no=1\nempty=\n[Proxy Settings][Sub]\nProxyType=8\n';
  assert.deepEqual([...parseGroup(text, 'Proxy Settings')], Object.entries({ ProxyType: '1', NoProxyFor: ' a\tb\\cA', empty: '' }));
  fc.assert(fc.property(fc.string(), (anything) => assert.ok(parseGroup(anything, 'Proxy Settings'))));
});

test('options come back as they were kept; what makes no sense is as at the first start', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'new');
  assert.deepEqual(await readOptions(path), firstOptions);
  const options = { bypass: ['*.lan'], pac: true, neverDirect: false, reapply: true };
  await writeOptions(path, options);
  assert.deepEqual(await readOptions(path), options);
  await mkdir(path, { recursive: true });
  for (const damaged of ['', '7', '{"bypass":7,"pac":"yes"}', 'null']) {
    await writeFile(join(path, 'system-proxy-options.json'), damaged);
    assert.deepEqual(await readOptions(path), firstOptions);
  }
});

test('what is bypassed at the first start may be bypassed', () => {
  for (const entry of firstOptions.bypass) assert.match(entry, bypassPattern);
});
