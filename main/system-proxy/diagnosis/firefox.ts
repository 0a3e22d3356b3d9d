import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackendParts } from '../backend.ts';
import { windowsProgram } from '../places.ts';
import { type ConfigFile, type Folders, readConfigFile, readSmallFile } from './config-files.ts';
import { type ProxyLine, splitLines } from './proxy-line.ts';

const deadlineMs = 5000;

/** The files in which Firefox keeps a proxy of its own, of every profile, with the lines that make it use that. */
export async function readFirefoxFiles(parts: BackendParts & { readonly folders: Folders }): Promise<readonly ConfigFile[]> {
  const listed = await Promise.all(placesOf(parts).map(listProfiles));
  const profiles = await Promise.all(listed.flat().map(readProfile));
  const files = profiles.flat();
  if (files.length === 0 || !(await isRunning(parts))) return files;
  // A running Firefox writes its settings over ours when it ends.
  return files.map((file) => ({ ...file, lines: file.lines.map((line) => ({ ...line, off: null })) }));
}

/** https://support.mozilla.org/kb/profiles-where-firefox-stores-user-data, and those of Snap and Flatpak. */
function placesOf({ platform, env, folders: { home, config } }: BackendParts & { readonly folders: Folders }): readonly string[] {
  if (platform === 'win32') return [join(env.APPDATA || join(home, 'AppData/Roaming'), 'Mozilla/Firefox/Profiles')];
  if (platform === 'darwin') return [join(home, 'Library/Application Support/Firefox/Profiles')];
  const own = [join(home, '.mozilla/firefox'), join(config, 'mozilla/firefox')];
  const sandboxed = ['snap/firefox/common', '.var/app/org.mozilla.firefox'].map((name) => join(home, name, '.mozilla/firefox'));
  return [...own, ...sandboxed, join(home, '.var/app/org.mozilla.firefox/config/mozilla/firefox')];
}

async function listProfiles(place: string): Promise<readonly string[]> {
  const entries = await readdir(place, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(place, name));
}

/** user.js, which people write, comes before what Firefox itself writes to prefs.js, and is copied there at each start. */
async function readProfile(profile: string): Promise<readonly ConfigFile[]> {
  const paths = ['prefs.js', 'user.js'].map((name) => join(profile, name));
  const texts = await Promise.all(
    paths.map((path) =>
      readSmallFile(path).then(
        ({ text }) => text,
        () => '',
      ),
    ),
  );
  const effective = new Map(texts.flatMap(readPreferences).map(({ name, value }) => [name, value]));
  const read = paths.map((path) => readConfigFile(path, 'firefox-proxy-dead', (text) => findFirefoxLines(text, effective)));
  return (await Promise.all(read)).filter((file) => file !== null);
}

const typeName = 'network.proxy.type';
const [manual, script] = ['1', '2'];

/** The lines that say which way counts, where that is a proxy or a script: without them Firefox goes by the system's setting. */
function findFirefoxLines(text: string, effective: ReadonlyMap<string, string>): readonly ProxyLine[] {
  const type = effective.get(typeName);
  const settings = type === manual ? addressesIn(effective) : [];
  const url = type === script ? effective.get('network.proxy.autoconfig_url') : undefined;
  const lines = readPreferences(text).filter(({ name, value }) => name === typeName && value === type);
  if (settings.length === 0 && url === undefined) return [];
  return lines.map(({ number, line }) => ({
    number,
    text: line,
    settings,
    script: url,
    shown: line.replace(/;.*/, ';').trim(),
    off: /\)\s*;\s*(?:\/\/.*)?$/.test(line) ? '// ' : null,
  }));
}

function addressesIn(effective: ReadonlyMap<string, string>): ProxyLine['settings'] {
  return ['http', 'ssl', 'socks'].flatMap((kind) => {
    const name = `network.proxy.${kind}`;
    const host = effective.get(name) ?? '';
    const port = Number(effective.get(`${name}_port`) ?? 0);
    return host === '' || port === 0 ? [] : [{ name, value: `${host.includes(':') ? `[${host}]` : host}:${port}` }];
  });
}

interface Preference {
  readonly number: number; // of the line, from 1
  readonly line: string;
  readonly name: string;
  readonly value: string; // without its quotes
}

/** `user_pref("name", value);`, one a line, of the proxy settings; the last one counts (modules/libpref/parser of Firefox). */
function readPreferences(text: string): readonly Preference[] {
  return splitLines(text).flatMap((line, index) => {
    const [, name, quoted, plain] =
      /^\s*user_pref\(\s*"(network\.proxy\.\w+)"\s*,\s*(?:"((?:[^"\\]|\\.)*)"|(-?\d+|true|false))\s*\)/.exec(line) ?? [];
    const value = plain ?? quoted?.replace(/\\(.)/g, '$1');
    return name === undefined || value === undefined ? [] : [{ number: index + 1, line, name, value }];
  });
}

/** Where that cannot be told, it counts as running. */
async function isRunning({ run, platform, env }: BackendParts): Promise<boolean> {
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    if (platform === 'win32') {
      const { code, stdout } = await run(windowsProgram(env, 'tasklist.exe'), ['/FI', 'IMAGENAME eq firefox.exe', '/FO', 'CSV', '/NH'], {
        env,
        signal,
      });
      return code !== 0 || stdout.includes('firefox.exe');
    }
    return (await run('pgrep', ['-x', 'firefox(-bin|-esr)?'], { env, signal })).code !== 1;
  } catch {
    return true;
  }
}
