import { constants } from 'node:fs';
import { access, open, readdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FindingCode } from '../../../preload/diagnosis.ts';
import { configFolder } from '../places.ts';
import type { ProxyLine } from './proxy-line.ts';
import { dialects, findShellLines } from './shell-files.ts';
import { findAptLines, findGitLines, findNpmLines } from './tool-files.ts';

/** Where this person's and this computer's files are. */
export interface Folders {
  readonly home: string;
  readonly config: string; // XDG_CONFIG_HOME
  readonly etc: string;
}

/** A file that sets proxies. */
export interface ConfigFile {
  readonly path: string; // the file itself, where `path` was a symbolic link
  readonly code: FindingCode;
  readonly lines: readonly ProxyLine[];
  /** Whether it may be changed: it belongs to us, its owner did not make it read-only, and its folder lets us put a new one in its place. */
  readonly isOurs: boolean;
}

export function foldersOf(home: string, env: NodeJS.ProcessEnv): Folders {
  return { home, config: configFolder(env, home), etc: '/etc' };
}

/** Larger ones are no such files. */
const maxBytes = 1024 * 1024;

type Find = (text: string) => readonly ProxyLine[];
const posix: Find = (text) => findShellLines(text, dialects.posix);
const fish: Find = (text) => findShellLines(text, dialects.fish);
const plain: Find = (text) => findShellLines(text, dialects.plain);

interface Place {
  readonly code: FindingCode;
  readonly find: Find;
  readonly files: readonly string[];
  /** Of these folders, the files with this ending. */
  readonly folders?: readonly string[];
  readonly ending?: string;
}

const shellFiles = ['.profile', '.bash_profile', '.bash_login', '.bashrc', '.zshenv', '.zprofile', '.zshrc', '.xprofile', '.xsessionrc'];

function placesOf({ home, config, etc }: Folders): readonly Place[] {
  const variables = 'variable-file-dead';
  const ofHome = shellFiles.map((name) => join(home, name));
  const ofAll = [join(etc, 'profile'), join(etc, 'bash.bashrc')];
  const profiles = [join(etc, 'profile.d')];
  const fishes = [join(config, 'fish/conf.d'), join(etc, 'fish/conf.d')];
  const environments = [join(config, 'environment.d'), join(etc, 'environment.d')];
  return [
    { code: variables, find: posix, files: [...ofHome, ...ofAll], folders: profiles, ending: '.sh' },
    { code: variables, find: fish, files: [join(config, 'fish/config.fish')], folders: fishes, ending: '.fish' },
    { code: variables, find: plain, files: [join(etc, 'environment')], folders: environments, ending: '.conf' },
    { code: 'git-proxy-dead', find: findGitLines, files: [join(home, '.gitconfig'), join(config, 'git/config'), join(etc, 'gitconfig')] },
    { code: 'npm-proxy-dead', find: findNpmLines, files: [join(home, '.npmrc'), join(etc, 'npmrc')] },
    { code: 'apt-proxy-dead', find: findAptLines, files: [join(etc, 'apt/apt.conf')], folders: [join(etc, 'apt/apt.conf.d')], ending: '' },
  ];
}

/** Every file in which people and programs set proxies for good, and that does. What cannot be read is left out. */
export async function readConfigFiles(folders: Folders): Promise<readonly ConfigFile[]> {
  const files = await Promise.all(
    placesOf(folders).map(async ({ code, find, files: named, folders: within = [], ending = '' }) => {
      const listed = await Promise.all(within.map((folder) => listFiles(folder, ending)));
      return Promise.all([...named, ...listed.flat()].map((path) => readConfigFile(path, code, find)));
    }),
  );
  return files.flat().filter((file) => file !== null);
}

async function listFiles(folder: string, ending: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith(ending) && !/^\.|~$|-backup$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** null: it sets no proxy, or there is none. */
export async function readConfigFile(named: string, code: FindingCode, find: Find): Promise<ConfigFile | null> {
  try {
    const path = await realpath(named);
    const { text, uid, mode } = await readSmallFile(path);
    const lines = find(text);
    if (lines.length === 0) return null;
    const isWritable = uid === (process.geteuid?.() ?? uid) && (mode & 0o200) !== 0; // Windows has no such ids
    return { path, code, lines, isOurs: isWritable && (await canWriteIn(dirname(path))) };
  } catch {
    return null; // mostly: there is none
  }
}

/** One byte a character, so that what is not changed is written back as it was. Rejects for anything but a small plain file. */
export async function readSmallFile(path: string): Promise<{ text: string; uid: number; gid: number; mode: number }> {
  // A named pipe would keep us waiting for ever.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const { uid, gid, mode, size } = { ...(await file.stat()) };
    if (!(await file.stat()).isFile() || size > maxBytes) throw new Error('not a small plain file');
    return { text: await file.readFile('latin1'), uid, gid, mode };
  } finally {
    await file.close();
  }
}

async function canWriteIn(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK).then(
    () => true,
    () => false,
  );
}
