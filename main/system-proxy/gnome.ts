import type { Backend, BackendParts, Meaning, Settings, Target } from './backend.ts';
import { allEnded, createDconf } from './dconf.ts';
import { followOutput } from './follow-output.ts';
import { parseStrings, printString, printStrings } from './gvariant.ts';
import { SystemProxyError } from './system-proxy-error.ts';

const schema = 'org.gnome.system.proxy';
const folder = '/system/proxy/';
/** What the schema says where nothing is set. */
const defaults: Settings = { mode: "'none'", 'ignore-hosts': "['localhost', '127.0.0.0/8', '::1']" };
const modes: Readonly<Record<string, Meaning['mode']>> = { manual: 'manual', auto: 'pac' };

/**
 * GNOME's own settings (schema org.gnome.system.proxy), which Cinnamon, MATE, Budgie, Unity and Pantheon use too, and GTK programs on any
 * desktop. Names are `mode`, `http/host`, ...; values are GVariant text. Without the program `dconf` it cannot be told whether a setting was
 * made or is the schema's own: then all count as made.
 */
export function createGnome({ run, env: given, desktop }: BackendParts & { readonly desktop: string }): Backend {
  const env: NodeJS.ProcessEnv = { ...given, LC_ALL: 'C.UTF-8' }; // in a locale without UTF-8, gsettings prints question marks
  const gsettings = async (args: readonly string[], signal: AbortSignal) => {
    const { code, stdout, stderr } = await run('gsettings', args, { signal, env });
    if (code !== 0) throw failure(`gsettings ${args[0]} ${args[2] ?? ''}`, stderr);
    return stdout;
  };
  const dconf = [undefined, 'dconf'].includes(env.GSETTINGS_BACKEND) ? createDconf(run, env, folder) : null;
  const writeOne = async ([name, value]: [string, string | null], signal: AbortSignal) => {
    const [key = '', group] = name.split('/').reverse();
    const place = [group === undefined ? schema : `${schema}.${group}`, key];
    await gsettings(value === null ? ['reset', ...place] : ['set', ...place, value], signal);
  };
  const writeAtOnce = async (changes: Settings, signal: AbortSignal) =>
    (await dconf?.writeAtOnce(changes, signal).catch(ifMissing)) ?? false;
  const writeStep = async (changes: Settings, signal: AbortSignal) => {
    const entries = Object.entries(changes);
    const made = Object.fromEntries(entries.filter(([, value]) => value !== null));
    const isMade = await writeAtOnce(made, signal);
    await allEnded(entries.filter(([, value]) => value === null || !isMade).map((change) => writeOne(change, signal)));
  };
  return {
    id: 'gnome',
    desktop,
    company,
    wanted,
    off: () => ({ mode: "'none'" }),
    meaning,
    async read(signal) {
      const [listed, names] = await Promise.all([gsettings(['list-recursively', schema], signal), dconf?.names(signal).catch(ifMissing)]);
      return Object.fromEntries([...parseList(listed)].map(([name, value]) => [name, names?.has(name) === false ? null : value]));
    },
    async write(changes, signal) {
      if (await writeAtOnce(changes, signal)) return;
      // Else in steps, so that nobody sees the mode without its addresses.
      const { mode = null } = changes;
      const isOff = mode === null || mode === "'none'";
      for (const isMode of isOff ? [true, false] : [false, true]) {
        await writeStep(Object.fromEntries(Object.entries(changes).filter(([name]) => (name === 'mode') === isMode)), signal);
      }
    },
    watch: (listener) => followOutput('dconf', ['watch', folder], env, listener),
  };
}

function company(name: string): readonly string[] {
  if (name === 'mode') return ['http/host', 'http/port', 'https/host', 'https/port', 'autoconfig-url'];
  const [, group, key] = /^(\w+)\/(host|port)$/.exec(name) ?? [];
  return group === undefined ? [] : [`${group}/${key === 'host' ? 'port' : 'host'}`];
}

/**
 * No SOCKS: it would be exported to terminals as all_proxy=socks://, which many programs reject. What is there is blanked, because programs
 * that look there first would go around.
 */
function wanted({ host, port, pacUrl, bypass }: Target, present: Settings): Settings {
  if (pacUrl !== null) return { 'autoconfig-url': printString(pacUrl), mode: "'auto'" };
  const kept = parseStrings(present['ignore-hosts'] ?? defaults['ignore-hosts'] ?? '');
  const isBlank = (name: string) => ["''", null, undefined].includes(present[name]);
  return {
    'http/host': printString(host),
    'http/port': String(port),
    'https/host': printString(host),
    'https/port': String(port),
    'ignore-hosts': printStrings([...new Set([...kept, ...bypass])]),
    ...(!isBlank('socks/host') && { 'socks/host': "''" }),
    ...(!isBlank('ftp/host') && { 'ftp/host': "''" }),
    ...(present['http/use-authentication'] === 'true' && { 'http/use-authentication': 'false' }), // that password is for another proxy
    mode: "'manual'",
  };
}

function meaning(settings: Settings): Meaning {
  const text = (name: string) => parseStrings(settings[name] ?? defaults[name] ?? '')[0] ?? '';
  const address = (group: string) => {
    const host = text(`${group}/host`);
    const port = Number(settings[`${group}/port`] ?? 0);
    return host === '' || !(port > 0) ? null : `${host.includes(':') ? `[${host}]` : host}:${port}`;
  };
  const mode = modes[text('mode')] ?? 'none';
  return { mode, http: address('http'), https: address('https'), socks: address('socks'), pacUrl: text('autoconfig-url') || null };
}

/** `org.gnome.system.proxy.http host '127.0.0.1'` is http/host. */
function* parseList(listed: string): Generator<[string, string]> {
  for (const [, group, key, value] of listed.matchAll(/^org\.gnome\.system\.proxy(?:\.(\w+))? (\S+) (.*)$/gm)) {
    if (key !== undefined && value !== undefined) yield [group === undefined ? key : `${group}/${key}`, value];
  }
}

function failure(what: string, said: string): SystemProxyError {
  const firstLine = said.trim().split('\n')[0] ?? '';
  if (/not writable/i.test(firstLine)) return new SystemProxyError('system-proxy-denied', what);
  if (/no such schema/i.test(firstLine)) return new SystemProxyError('system-proxy-unsupported', what);
  return new SystemProxyError('system-proxy-failed', what);
}

function ifMissing(error: unknown): null {
  if (error instanceof SystemProxyError && error.code === 'system-proxy-tool-missing') return null;
  throw error;
}
