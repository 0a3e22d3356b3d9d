import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Change } from '../../../preload/diagnosis.ts';
import type { ConfigFile, Folders } from './config-files.ts';
import { backupEnding, commentOut } from './edit-line.ts';
import { formatAddress, parseProxyAddress } from './proxy-address.ts';
import type { ProxyLine } from './proxy-line.ts';
import type { Suspect } from './suspect.ts';

interface Place {
  readonly folders: Pick<Folders, 'home'>;
  readonly platform: NodeJS.Platform;
}

/** One suspect for each line that leads somewhere known, and with it where else the same variable is set, to something else. */
export function findInFiles(files: readonly ConfigFile[], place: Place): readonly Suspect[] {
  const shell = files.filter(({ code }) => code === 'variable-file-dead');
  const variables = shell.flatMap((file) => file.lines.flatMap((line) => addressesOf(line).map((set) => ({ ...set, file, line }))));
  return files.flatMap((file) =>
    findInFile(file, place).map(({ suspect, line }) => {
      const own = variables.filter((variable) => variable.file === file && variable.line === line);
      const others = variables.filter(
        (other) =>
          other.file !== file && own.some(({ name, address }) => name === other.name && !isDeepStrictEqual(address, other.address)),
      );
      const also = others.map((other) => `${nameOf(other.file, other.line, place)} (${formatAddress(other.address)})`);
      return also.length === 0 ? suspect : { ...suspect, finding: { ...suspect.finding, also: [...new Set(also)] } };
    }),
  );
}

function findInFile(file: ConfigFile, place: Place): readonly { readonly suspect: Suspect; readonly line: ProxyLine }[] {
  return file.lines.flatMap((line) => {
    const addresses = addressesOf(line).map(({ address }) => address);
    const leadsTo = line.script === undefined ? addresses : [{ script: line.script }];
    if (leadsTo.length === 0) return [];
    const { off } = line;
    const change = off === null || (!file.isOurs && place.platform === 'win32') ? null : changeOf(file, line, addresses[0]?.port, off);
    const isOurs = change?.kind === 'line' && off !== null;
    const repair = isOurs ? async () => void (await commentOut({ path: file.path, ...line, off })) : null;
    return [{ suspect: { finding: { code: file.code, place: nameOf(file, line, place), change }, leadsTo, repair }, line }];
  });
}

const addressesOf = ({ settings }: ProxyLine) =>
  settings.flatMap(({ name, value }) => {
    const address = value === null ? null : parseProxyAddress(value);
    return address === null ? [] : [{ name, address }];
  });

function nameOf({ path }: ConfigFile, { number }: ProxyLine, { folders: { home } }: Place): string {
  return `${path.startsWith(join(home, '/')) ? `~${path.slice(home.length)}` : path}:${number}`;
}

function changeOf({ path, isOurs }: ConfigFile, { number, shown, text }: ProxyLine, port: number | undefined, off: string): Change {
  if (isOurs) return { kind: 'line', path, line: number, before: shown, after: off + shown, backup: backupEnding };
  const guard = port !== undefined && text.includes(`${port}`) ? `${port}` : '[Pp]roxy'; // the file may have changed by the time that it runs
  const command = `sudo sed -i${backupEnding} '${number}{/${guard}/s|^|${off}|;}' ${quote(path)}`;
  return { kind: 'command', command, why: 'not-ours' };
}

/** For a POSIX shell. */
function quote(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
