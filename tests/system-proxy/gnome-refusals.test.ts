/** The switch on GNOME where it cannot be turned on: the real tools, and ones that fail in a session of its own. */
import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { noSession, openSession } from '../rigs/private-session.ts';
import { startSwitch } from '../rigs/system-switch.ts';

assertNothingLeftOpen();

const skip = noSession();

test('a tool that lies: what is not as written counts as failed', { skip }, async () => {
  await using session = await openSession();
  await using proxy = await startSwitch(session);
  await session.replace('dconf', `[ "$1" = load ] && exit 0; exec /usr/bin/dconf "$@"`);
  await assert.rejects(proxy.turn(true), { code: 'system-proxy-failed' });
  assert.equal(await session.dump(), '');
});

test('settings that an administrator has locked: denied, and nothing changed', { skip }, async () => {
  await using session = await openSession();
  const site = join(session.home, 'site');
  await mkdir(join(site, 'locks'), { recursive: true });
  await writeFile(join(site, 'proxy'), "[system/proxy]\nmode='none'\n");
  await writeFile(join(site, 'locks/proxy'), '/system/proxy/mode\n');
  await session.tool('dconf', 'compile', join(session.home, 'site.db'), site);
  await writeFile(join(session.home, 'profile'), `user-db:user\nfile-db:${session.home}/site.db\n`);
  session.env.DCONF_PROFILE = join(session.home, 'profile');
  const before = await session.dump();
  await using proxy = await startSwitch(session);
  await assert.rejects(proxy.turn(true), { code: 'system-proxy-denied' });
  assert.deepEqual([proxy.state().status, await session.dump()], ['off', before]);
});

test('without the tool, or on another desktop: said plainly, from the start', { skip }, async () => {
  await using session = await openSession();
  session.env.PATH = join(session.home, 'nothing');
  await using proxy = await startSwitch(session);
  const state = await proxy.until(({ status }) => status === 'unsupported');
  assert.deepEqual([state.desktop, state.error], ['GNOME', 'system-proxy-tool-missing']);
  await assert.rejects(proxy.turn(true), { code: 'system-proxy-tool-missing' });
  await using xfce = await startSwitch(session, { env: { ...session.env, XDG_CURRENT_DESKTOP: 'XFCE' } });
  assert.deepEqual([xfce.state().status, xfce.state().desktop, xfce.state().error], ['unsupported', 'XFCE', 'system-proxy-unsupported']);
  await assert.rejects(xfce.turn(true), { code: 'system-proxy-unsupported' });
});

test('settings that could not be read once: said, and the switch goes on working', { skip }, async () => {
  await using session = await openSession();
  await session.replace(
    'gsettings',
    `[ "$1" = list-recursively ] && [ ! -e ${session.home}/well ] && exit 7; exec /usr/bin/gsettings "$@"`,
  );
  await using proxy = await startSwitch(session);
  assert.equal((await proxy.until(({ error }) => error !== null)).status, 'unknown');
  await assert.rejects(proxy.turn(true), { code: 'system-proxy-failed' });
  await session.tool('touch', `${session.home}/well`);
  await proxy.turn(true);
  assert.deepEqual([proxy.state().status, proxy.state().error], ['on', null]);
  await proxy.turn(false);
  assert.equal(await session.dump(), '');
});

test('nowhere to lead: nothing is changed', { skip }, async () => {
  await using session = await openSession();
  await using proxy = await startSwitch(session, { endpoint: () => null });
  await assert.rejects(proxy.turn(true), { code: 'system-proxy-no-endpoint' });
  assert.equal(await session.dump(), '');
});

test('what the system does not take back: said so, still on, and restored once it does', { skip }, async () => {
  await using session = await openSession();
  const broken = join(session.home, 'broken');
  await session.replace('dconf', `[ "$1" = reset ] && [ -e ${broken} ] && exit 3; exec /usr/bin/dconf "$@"`);
  await using proxy = await startSwitch(session);
  await proxy.turn(true);
  await writeFile(broken, '');
  await assert.rejects(proxy.turn(false), { code: 'system-proxy-not-restored' });
  assert.deepEqual([proxy.state().status, proxy.state().error], ['on', 'system-proxy-not-restored']);
  await rm(broken);
  await proxy.turn(false);
  assert.deepEqual([proxy.state().status, proxy.state().error, await session.dump()], ['off', null, '']);
});
