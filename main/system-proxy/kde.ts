import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backend, BackendParts, Meaning, Settings, Target } from './backend.ts';
import { followChanges } from './follow-changes.ts';
import { parseGroup } from './kde-config.ts';
import { configFolder } from './places.ts';
import { SystemProxyError } from './system-proxy-error.ts';

const fileName = 'kioslaverc';
const group = 'Proxy Settings';
const names = ['ProxyType', 'httpProxy', 'httpsProxy', 'ftpProxy', 'socksProxy', 'NoProxyFor', 'ReversedException', 'Proxy Config Script'];
/** How kwriteconfig ends where the file is read-only or an administrator has locked the setting. */
const immutable = 2;
const modes: readonly Meaning['mode'][] = ['none', 'manual', 'pac', 'detect', 'environment'];

/**
 * KDE's settings (kioslaverc, read by KIO since KDE 4; KProtocolManager tells what they mean). They are read from the file, which shows what
 * is not set, and written by KDE's own tool, which other programs of KDE notice.
 */
export function createKde({ run, env: given }: BackendParts): Backend {
  const env: NodeJS.ProcessEnv = { ...given, LC_ALL: 'C.UTF-8' };
  const folder = configFolder(env);
  const tools = env.KDE_SESSION_VERSION === '5' ? ['kwriteconfig5', 'kwriteconfig6'] : ['kwriteconfig6', 'kwriteconfig5'];
  const write = async (args: readonly string[], signal: AbortSignal) => {
    const started = tools.map((tool) => () => run(tool, ['--file', fileName, '--group', group, ...args], { signal, env }));
    const { code, stderr } = await firstThatExists(started);
    if (code === 0) return;
    const isDenied = code === immutable || /not writable|permission/i.test(stderr);
    throw new SystemProxyError(isDenied ? 'system-proxy-denied' : 'system-proxy-failed', `kwriteconfig: ${code}`);
  };
  const readConfig = () => readFile(join(folder, fileName), 'utf8').catch(ifMissing);
  return {
    id: 'kde',
    desktop: 'KDE',
    wanted,
    off: () => ({ ProxyType: '0' }),
    meaning,
    company: (name) => (name === 'ProxyType' ? ['httpProxy', 'httpsProxy', 'Proxy Config Script'] : []),
    async read() {
      const text = await readConfig();
      const entries = parseGroup(text, group);
      return Object.fromEntries(names.map((name) => [name, entries.get(name) ?? null]));
    },
    async write(changes, signal) {
      // One after the other, as they all rewrite one file; the type comes last, so that nobody sees it before its addresses.
      for (const [name, value] of Object.entries(changes).toSorted(([a], [b]) => Number(a === 'ProxyType') - Number(b === 'ProxyType'))) {
        await write(['--key', name, ...(value === null ? ['--delete'] : ['--', value])], signal);
      }
      // Programs that run read the file again; those that start later do so anyway.
      const reparse = ['--type=signal', '/KIO/Scheduler', 'org.kde.KIO.Scheduler.reparseSlaveConfiguration', 'string:'];
      await run('dbus-send', reparse, { signal, env }).catch(() => undefined);
    },
    watch(listener) {
      try {
        const watcher = watch(folder, { persistent: false }, (_event, name) => name === fileName && listener());
        watcher.on('error', () => {});
        return () => watcher.close();
      } catch {
        return followChanges(readConfig, listener); // there is no such folder yet, or too many files are watched
      }
    },
  };
}

/** A blank before the port, as KDE itself writes it. SOCKS and FTP are blanked, because programs that look there first would go around. */
function wanted({ host, port, pacUrl, bypass }: Target, present: Settings): Settings {
  if (pacUrl !== null) return { 'Proxy Config Script': pacUrl, ProxyType: '2' };
  const address = `http://${host.includes(':') ? `[${host}]` : host} ${port}`;
  const isReversed = present.ReversedException === 'true'; // then the person's list says what goes through the proxy
  const kept = isReversed ? [] : (present.NoProxyFor ?? '').split(',').map((entry) => entry.trim());
  const added = bypass.map((entry) => entry.replace(/^\*\./, '.')); // KDE compares ends of names
  return {
    httpProxy: address,
    httpsProxy: address,
    NoProxyFor: [...new Set([...kept, ...added])].filter((entry) => entry !== '').join(','),
    ...(isReversed && { ReversedException: 'false' }),
    ...(present.socksProxy && { socksProxy: '' }),
    ...(present.ftpProxy && { ftpProxy: '' }),
    ProxyType: '1',
  };
}

function meaning(settings: Settings): Meaning {
  return {
    mode: modes[Number(settings.ProxyType ?? 0)] ?? 'none',
    http: addressIn(settings.httpProxy),
    https: addressIn(settings.httpsProxy),
    socks: addressIn(settings.socksProxy),
    pacUrl: settings['Proxy Config Script'] || null,
  };
}

/** `http://user:password@host 8080` without what is nobody's business. */
function addressIn(value: string | null | undefined): string | null {
  const [, host, port] = /^(?:\w+:\/\/)?(?:.*@)?(.+?)[ :](\d+)\/?$/.exec(value?.trim() ?? '') ?? [];
  return host === undefined ? null : `${host}:${port}`;
}

async function firstThatExists<T>(attempts: readonly (() => Promise<T>)[]): Promise<T> {
  const [attempt, ...others] = attempts;
  if (attempt === undefined) throw new SystemProxyError('system-proxy-tool-missing', 'kwriteconfig');
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof SystemProxyError && error.code === 'system-proxy-tool-missing')) throw error;
    return firstThatExists(others);
  }
}

function ifMissing(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '';
  throw new SystemProxyError(error.code === 'EACCES' ? 'system-proxy-denied' : 'system-proxy-failed', `${fileName}: ${error.code}`);
}
