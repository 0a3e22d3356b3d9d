/** A command comes out of the entry of each system as it went in. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { startCommand } from '../../main/system-proxy/start-command.ts';
import { printCommandLine, printDesktopEntry, printLaunchAgent } from '../../main/system-proxy/start-entry-forms.ts';
import { execOf } from '../rigs/desktop-entry.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { missing, temporaryFolder } from '../rigs/programs.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

const nasty = [
  '"',
  "'",
  '%',
  '%f',
  '%%',
  '$HOME',
  '`id`',
  '\\',
  '\\\\',
  '\\"',
  ' ',
  '~',
  '&',
  '<',
  '>',
  ']]>',
  '#',
  ';',
  '=',
  '&amp;',
  'дом',
  'خانه',
  '✈️',
];
const word = fc
  .array(fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: 'grapheme', maxLength: 4 })), { maxLength: 6 })
  .map((parts) => parts.join(''));
const isPlain = (text: string) => !/\p{Cc}|\p{Cs}|\p{Noncharacter_Code_Point}/u.test(text);
const words = fc.array(word.filter(isPlain), { minLength: 1, maxLength: 5 });

test('a desktop entry', () => {
  fc.assert(
    fc.property(words, (args) => {
      assert.deepEqual(execOf(printDesktopEntry({ args, isNode: false })), args);
      const asNode = { args: ['/opt/Paper "plane"', ...args], isNode: true };
      assert.deepEqual(execOf(printDesktopEntry(asNode)), ['/usr/bin/env', 'ELECTRON_RUN_AS_NODE=1', ...asNode.args]);
    }),
  );
  assert.throws(() => printDesktopEntry({ args: ['/opt/a=b/paperplane'], isNode: true }), { code: 'system-proxy-failed' });
});

test('a launch agent', () => {
  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>' };
  const unquote = (text: string) => text.replace(/&(\w+);/g, (_all, name) => entities[name] ?? assert.fail(name));
  fc.assert(
    fc.property(words, fc.boolean(), (args, isNode) => {
      const agent = printLaunchAgent({ args, isNode });
      const [, list = ''] = /<key>ProgramArguments<\/key>\s*<array>(.*)<\/array>/s.exec(agent) ?? [];
      assert.deepEqual(
        [...list.matchAll(/<string>([^<>]*)<\/string>/g)].map(([, text = '']) => unquote(text)),
        args,
      );
      assert.equal(agent.includes('<key>ELECTRON_RUN_AS_NODE</key><string>1</string>'), isNode);
    }),
  );
});

/** CommandLineToArgvW: backslashes count half before a quotation mark, which stands for itself after an odd number of them. */
function splitCommandLine(line: string): string[] {
  const found: string[] = [];
  let isQuoted = false;
  let current: string | undefined;
  for (const [piece, slashes = '', mark] of line.matchAll(/(\\*)(")|\\+|[^\\"]/g)) {
    if (piece === ' ' && !isQuoted) {
      if (current !== undefined) found.push(current);
      current = undefined;
    } else if (mark === undefined) current = (current ?? '') + piece;
    else {
      const isEscaped = slashes.length % 2 === 1;
      current = (current ?? '') + '\\'.repeat(Math.floor(slashes.length / 2)) + (isEscaped ? mark : '');
      if (!isEscaped) isQuoted = !isQuoted;
    }
  }
  return current === undefined ? found : [...found, current];
}

test('a command line of Windows', () => {
  fc.assert(
    fc.property(words, (args) => {
      fc.pre(args.join('').length < 100);
      assert.deepEqual(splitCommandLine(printCommandLine({ args, isNode: false })), args);
    }),
  );
  const long = { args: [`C:\\${'x'.repeat(300)}`], isNode: false };
  assert.throws(() => printCommandLine(long), { code: 'system-proxy-failed' });
});

test('what no file of lines and no XML can hold is refused', () => {
  for (const print of [printDesktopEntry, printLaunchAgent, printCommandLine]) {
    for (const text of ['a\nExec=evil', 'a\0b', '\u0001', '\ud800', '\uffff']) {
      assert.throws(() => print({ args: ['/bin/x', text], isNode: false }), { code: 'system-proxy-failed' });
    }
  }
});

test('GLib, by which GNOME starts it, reads the entry in the same way; and the entry is a valid one', {
  skip: missing('gio', 'desktop-file-validate'),
}, async () => {
  await using folder = await temporaryFolder();
  const [program, told, entry] = ['print "args" 100%', 'told', 'a.desktop'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(program, `#!/bin/sh\nprintf '%s\\n' "$ELECTRON_RUN_AS_NODE" "$@" > '${told}.new'; mv '${told}.new' '${told}'\n`, {
    mode: 0o755,
  });
  const args = nasty.filter((text) => text !== ' ');
  await writeFile(entry, printDesktopEntry({ args: [program, ...args], isNode: true }));
  execFileSync('desktop-file-validate', [entry]);
  execFileSync('gio', ['launch', entry]);
  await until(() =>
    readFile(told).then(
      () => true,
      () => false,
    ),
  );
  assert.deepEqual((await readFile(told, 'utf8')).split('\n').slice(0, -1), ['1', ...args]);
});

const parts = { folder: '/data', watchdog: '/mnt/watchdog.cjs', restoreCommand: [process.execPath, '--restore-system-proxy'], env: {} };

test('plain Node where the entry can say so, else the whole program; of an AppImage what is mounted, not where', {
  skip: process.platform === 'win32' && 'paths are those of other systems',
}, () => {
  const node = { args: [process.execPath, '/mnt/watchdog.cjs', '/data', 'at-login'], isNode: true };
  assert.deepEqual(startCommand({ ...parts, platform: 'linux' }), node);
  assert.deepEqual(startCommand({ ...parts, platform: 'darwin' }), node);
  assert.deepEqual(startCommand({ ...parts, platform: 'win32' }), { args: parts.restoreCommand, isNode: false });
  const image = { APPIMAGE: '/home/me/Paperplane.AppImage', APPDIR: join(process.execPath, '..') };
  const whole = { args: ['/home/me/Paperplane.AppImage', '--restore-system-proxy'], isNode: false };
  assert.deepEqual(startCommand({ ...parts, platform: 'linux', env: image }), whole);
  assert.deepEqual(startCommand({ ...parts, platform: 'linux', env: { ...image, APPDIR: '/tmp/.mount_terminal' } }), node);
});
