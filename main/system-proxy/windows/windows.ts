import type { Backend, BackendParts } from '../backend.ts';
import { followChanges } from '../follow-changes.ts';
import { SystemProxyError } from '../system-proxy-error.ts';
import type { Connection, ConnectionChange } from './connection.ts';
import { connectionsKey, createRegistry, settingsKey } from './registry.ts';
import { company, meaning, off, toChanges, toSettings, wanted } from './settings.ts';
import { parseAnswer, printRequest, wininetArguments } from './wininet-script.ts';

/**
 * Windows' own settings, for the LAN connection and for every dial-up and VPN entry, through WinINET, which tells the running programs too.
 * Where a policy or an antivirus program keeps PowerShell from it, by the registry from then on.
 */
export function createWindows({ run, env, desktop }: BackendParts & { readonly desktop: string }): Backend {
  const folder = `${env.SystemRoot ?? env.windir ?? 'C:\\Windows'}\\System32`; // a full path: no program of this name elsewhere is run
  const powershell = (input: string, signal: AbortSignal) =>
    run(`${folder}\\WindowsPowerShell\\v1.0\\powershell.exe`, wininetArguments, { input, signal, env });
  const reg = (args: readonly string[], signal: AbortSignal) => run(`${folder}\\reg.exe`, args, { signal, env });
  const registry = createRegistry(reg);
  let isWinInetUsable = true;

  const wininet = async (changes: readonly ConnectionChange[], signal: AbortSignal): Promise<readonly Connection[] | null> => {
    if (!isWinInetUsable) return null;
    const result = await powershell(printRequest(changes), signal).catch(noPowerShell);
    if (result === null) return null;
    const answer = parseAnswer(result.stdout);
    if (answer?.managed && changes.length > 0) throw new SystemProxyError('system-proxy-denied', 'settings are those of the computer');
    if (answer?.connections && answer.written === changes.length) return answer.connections;
    isWinInetUsable = false;
    return null;
  };
  return {
    id: 'windows',
    desktop,
    company,
    meaning,
    off,
    wanted,
    async read(signal) {
      return toSettings((await wininet([], signal)) ?? (await registry.read(signal)));
    },
    async write(changes, signal) {
      const connections = toChanges(changes);
      if ((await wininet(connections, signal)) === null) await registry.write(connections, signal);
    },
    watch: (listener) =>
      followChanges(async (signal) => {
        const values = await Promise.all([settingsKey, connectionsKey].map((key) => reg(['query', key], signal)));
        return values.map(({ stdout }) => stdout).join('');
      }, listener),
  };
}

/** It is not there, is not allowed to start, or takes too long on a busy computer: this once it goes without. */
function noPowerShell(error: unknown): null {
  if (error instanceof SystemProxyError) return null;
  throw error;
}
