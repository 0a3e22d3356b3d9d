import type { Run, RunResult } from '../../main/system-proxy/backend.ts';
import { SystemProxyError } from '../../main/system-proxy/system-proxy-error.ts';
import type { ConnectionChange } from '../../main/system-proxy/windows/connection.ts';
import { readConnectionBlob, writeConnectionBlob } from '../../main/system-proxy/windows/connection-blob.ts';

interface Connection {
  readonly flags: number;
  readonly server: string;
  readonly bypass: string;
  readonly autoConfigUrl: string;
}

export interface WindowsComputer {
  /** The values of `Internet Settings`, of `Internet Settings\Connections` and of `RunOnce`: type and data as `reg query` prints them. */
  readonly registry: Readonly<Record<'settings' | 'connections' | 'runOnce', Map<string, Value>>>;
  /** Names of dial-up and VPN entries, with settings or without. */
  readonly entries: string[];
  powershell: 'works' | 'missing' | 'language mode' | 'too slow' | 'reads no input';
  reg: 'works' | 'barred';
  /** A policy makes Windows ignore what this user sets. */
  managed: boolean;
  readonly run: Run;
  /** How often PowerShell was started. */
  starts: number;
  /** How often running programs were told to look again. */
  told: number;
}
type Value = readonly [type: string, data: string];

const currentVersion = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion';
const settingsKey = `${currentVersion}\\Internet Settings`;
const policyKey = 'HKLM\\SOFTWARE\\Policies\\Microsoft\\Windows\\CurrentVersion\\Internet Settings';
const direct: Connection = { flags: 1, server: '', bypass: '', autoConfigUrl: '' };
const system32 = 'C:\\Windows\\System32';

/**
 * What powershell.exe (with our script in it) and reg.exe of Windows 10 and 11 print, over one registry, as WinINET keeps it: a blob for each
 * connection, and for the LAN the plain values too. Messages are those of a Russian Windows, in which only what is the same everywhere may
 * be relied on.
 */
export function createWindowsComputer(lan: Partial<Connection> = {}): WindowsComputer {
  const computer: WindowsComputer = {
    registry: {
      settings: new Map([['User Agent', ['REG_SZ', 'Mozilla/4.0 (compatible; MSIE 8.0; Win32)']]]),
      connections: new Map([['WinHttpSettings', ['REG_BINARY', '1800000000000000010000000000000000000000']]]),
      runOnce: new Map(),
    },
    entries: [],
    powershell: 'works',
    reg: 'works',
    managed: false,
    told: 0,
    starts: 0,
    async run(command, args, { input = '', signal } = {}) {
      signal?.throwIfAborted();
      if (command === `${system32}\\reg.exe`) return reg(computer, args);
      if (command !== `${system32}\\WindowsPowerShell\\v1.0\\powershell.exe`) throw new SystemProxyError('system-proxy-tool-missing');
      return powershell(computer, input);
    },
  };
  setConnection(computer, '', { ...direct, ...lan });
  return computer;
}

function powershell(computer: WindowsComputer, input: string): RunResult {
  const print = (value: object, code = 0): RunResult => ({
    code,
    stdout: `${JSON.stringify(value).replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)}\r\n`,
    stderr: '#< CLIXML\r\n<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"></Objs>',
  });
  computer.starts++;
  if (computer.powershell === 'missing') throw new SystemProxyError('system-proxy-tool-missing');
  if (computer.powershell === 'too slow') throw new SystemProxyError('system-proxy-timeout');
  if (computer.powershell === 'language mode') return print({ reason: 'language-mode' }, 1);
  const isRead = input !== '' && computer.powershell === 'works';
  const changes: ConnectionChange[] = isRead ? JSON.parse(Buffer.from(input, 'base64').toString()) : [];
  for (const { name, on, off, ...texts } of changes) {
    const present = getConnection(computer, name);
    setConnection(computer, name, { ...present, ...texts, flags: (present.flags & ~off) | on });
  }
  if (changes.length > 0) computer.told++;
  const names = ['', ...computer.entries];
  const connections = names.map((name) => ({ name, ...getConnection(computer, name) }));
  return print({ connections, written: changes.length, managed: computer.managed });
}

/** What the person or another program does by the usual ways. */
export function setConnection({ registry, managed }: WindowsComputer, name: string, connection: Connection): void {
  if (managed) return;
  const value = name === '' ? 'DefaultConnectionSettings' : name;
  const before = registry.connections.get(value)?.[1];
  const blob = writeConnectionBlob(connection, before === undefined ? null : readConnectionBlob(Buffer.from(before, 'hex')));
  const binary: Value = ['REG_BINARY', blob.toString('hex').toUpperCase()];
  registry.connections.set(value, binary);
  if (name !== '') return;
  registry.connections.set('SavedLegacySettings', binary);
  registry.settings.set('ProxyEnable', ['REG_DWORD', connection.flags & 2 ? '0x1' : '0x0']);
  for (const [key, text, isThere] of [
    ['ProxyServer', connection.server, connection.server !== ''],
    ['ProxyOverride', connection.bypass, connection.bypass !== ''],
    ['AutoConfigURL', connection.autoConfigUrl, (connection.flags & 4) !== 0],
  ] as const) {
    if (isThere) registry.settings.set(key, ['REG_SZ', text]);
    else registry.settings.delete(key);
  }
}

export function getConnection({ registry }: WindowsComputer, name: string): Connection {
  const hex = registry.connections.get(name === '' ? 'DefaultConnectionSettings' : name)?.[1] ?? '';
  const blob = readConnectionBlob(Buffer.from(hex, 'hex'));
  if (blob === null) return direct;
  const { flags, server, bypass, autoConfigUrl } = blob;
  return { flags, server, bypass, autoConfigUrl };
}

function reg(
  { registry, managed, reg: tool }: WindowsComputer,
  [verb, key = '', _v, name = '', _t, type = '', _d, data = '']: readonly string[],
): RunResult {
  if (tool === 'barred') return { code: 1, stdout: '', stderr: 'ОШИБКА: Редактирование реестра запрещено администратором системы.\r\n' };
  if (managed && key === policyKey) {
    return {
      code: 0,
      stdout: `\r\n${key.replace('HKLM', 'HKEY_LOCAL_MACHINE')}\r\n    ${name || data}    REG_DWORD    0x0\r\n\r\n`,
      stderr: '',
    };
  }
  const values = {
    [settingsKey]: registry.settings,
    [`${settingsKey}\\Connections`]: registry.connections,
    [`${currentVersion}\\RunOnce`]: registry.runOnce,
  }[key];
  const failed: RunResult = { code: 1, stdout: '', stderr: 'ОШИБКА: Не удается найти указанный раздел или параметр в реестре.\r\n' };
  if (values === undefined) return failed;
  if (verb === 'query') {
    const lines = [...values].map(([value, [kind, text]]) => `    ${value}    ${kind}    ${text}\r\n`);
    return { code: 0, stdout: `\r\n${key.replace('HKCU', 'HKEY_CURRENT_USER')}\r\n${lines.join('')}\r\n`, stderr: '' };
  }
  const done: RunResult = { code: 0, stdout: 'Операция успешно завершена.\r\n', stderr: '' };
  if (verb === 'delete') return values.delete(name) ? done : failed;
  const text = type === 'REG_DWORD' ? `0x${Number(data).toString(16)}` : data;
  values.set(name, [type, type === 'REG_BINARY' ? text.toUpperCase() : text]);
  return done;
}
