import { join } from 'node:path';
import type { Change } from '../../../preload/diagnosis.ts';
import type { ConfigFile, Folders } from './config-files.ts';
import { backupEnding, commentOut } from './edit-line.ts';
import { parseProxyAddress } from './proxy-address.ts';
import type { ProxyLine } from './proxy-line.ts';
import type { Suspect } from './suspect.ts';

interface Place {
  readonly folders: Pick<Folders, 'home'>;
  readonly platform: NodeJS.Platform;
}

/** One suspect for each line that leads somewhere known. */
export function findInFile(file: ConfigFile, { folders: { home }, platform }: Place): readonly Suspect[] {
  const named = file.path.startsWith(join(home, '/')) ? `~${file.path.slice(home.length)}` : file.path;
  return file.lines.flatMap((line) => {
    const leadsTo = line.settings
      .map(({ value }) => (value === null ? null : parseProxyAddress(value)))
      .filter((address) => address !== null);
    const [first] = leadsTo;
    if (first === undefined) return [];
    const { off } = line;
    const change = off === null || (!file.isOurs && platform === 'win32') ? null : changeOf(file, line, first.port, off);
    const isOurs = change?.kind === 'line' && off !== null;
    return [
      {
        finding: { code: file.code, place: `${named}:${line.number}`, change },
        leadsTo,
        repair: isOurs ? async () => void (await commentOut({ path: file.path, ...line, off })) : null,
      },
    ];
  });
}

function changeOf({ path, isOurs }: ConfigFile, { number, shown, text }: ProxyLine, port: number, off: string): Change {
  if (isOurs) return { kind: 'line', path, line: number, before: shown, after: off + shown, backup: backupEnding };
  const guard = text.includes(`${port}`) ? `${port}` : '[Pp]roxy'; // the file may have changed by the time that it runs
  const command = `sudo sed -i${backupEnding} '${number}{/${guard}/s|^|${off}|;}' ${quote(path)}`;
  return { kind: 'command', command, why: 'not-ours' };
}

/** For a POSIX shell. */
function quote(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
