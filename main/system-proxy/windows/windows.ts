import type { Backend, BackendParts } from '../backend.ts';
import { followChanges } from '../follow-changes.ts';
import { windowsProgram } from '../places.ts';
import { SystemProxyError } from '../system-proxy-error.ts';
import type { Connection, ConnectionChange } from './connection.ts';
import { createRegistry, managed } from './registry.ts';
import { company, meaning, off, toChanges, toSettings, wanted } from './settings.ts';
import { parseAnswer, printRequest, wininetArguments } from './wininet-script.ts';

/** Its first start after the computer's has an antivirus program look at everything. */
const powershellMs = 6000;
/** A VPN entry that the person makes is not in the registry before something is set on it. */
const knownMs = 10_000;

/**
 * Windows' own settings, for the LAN connection and for every dial-up and VPN entry, through WinINET, which tells the running programs too.
 * Where a policy or an antivirus program keeps PowerShell from it, by the registry from then on. As a start of PowerShell takes a second and
 * reg.exe none, what WinINET said counts for seconds, as long as the registry stays the same; and who restores looks at the registry first,
 * so that one start does it.
 */
export function createWindows({ run, env, desktop }: BackendParts & { readonly desktop: string }): Backend {
  const registry = createRegistry((args, signal) => run(windowsProgram(env, 'reg.exe'), args, { signal, env }));
  const exchange = createExchange((input, signal) =>
    run(windowsProgram(env, 'WindowsPowerShell\\v1.0\\powershell.exe'), wininetArguments, { input, signal, env, deadlineMs: powershellMs }),
  );
  let known: { readonly text: string; readonly connections: readonly Connection[]; readonly at: number } | undefined;
  const learn = async (connections: readonly Connection[], signal: AbortSignal) => {
    const view = await registry.read(signal).catch(ifBarred);
    known = view && isPartOf(view.connections, connections) ? { text: view.text, connections, at: performance.now() } : undefined;
  };
  return {
    id: 'windows',
    desktop,
    company,
    meaning,
    off,
    wanted,
    async read(signal) {
      const view = await registry.read(signal).catch(ifBarred);
      if (view && known?.text === view.text && performance.now() - known.at < knownMs) return toSettings(known.connections);
      const connections = await exchange([], signal);
      if (connections === null) return toSettings((view ?? (await registry.read(signal))).connections);
      await learn(connections, signal);
      return toSettings(connections);
    },
    async glimpse(signal) {
      const view = await registry.read(signal).catch(ifBarred);
      return view?.isAgreed ? toSettings(view.connections) : null;
    },
    async write(changes, signal) {
      const wantedChanges = toChanges(changes);
      const connections = await exchange(wantedChanges, signal);
      if (connections === null) await registry.write(wantedChanges, signal);
      else await learn(connections, signal);
    },
    watch: (listener) => followChanges(async (signal) => (await registry.read(signal)).text, listener),
  };
}

/** Gives what WinINET says after the changes; null where it cannot be had, from then on: whoever restores has no time to wait twice. */
function createExchange(powershell: (input: string, signal: AbortSignal) => ReturnType<BackendParts['run']>) {
  let isUsable = true;
  return async (changes: readonly ConnectionChange[], signal: AbortSignal): Promise<readonly Connection[] | null> => {
    const result = isUsable ? await powershell(printRequest(changes), signal).catch(ifBarred) : null;
    signal.throwIfAborted(); // that says nothing of PowerShell
    const answer = result && parseAnswer(result.stdout);
    if (answer?.managed && changes.length > 0) throw new SystemProxyError('system-proxy-denied', managed);
    if (answer?.connections && answer.written === changes.length) return answer.connections;
    isUsable = false;
    return null;
  };
}

/** A tool that is not there, that a policy bars, or that takes too long on a busy computer: there is another one. */
function ifBarred(error: unknown): null {
  if (error instanceof SystemProxyError) return null;
  throw error;
}

/** Whether WinINET and the registry speak of the same: there may have been a change between them. */
function isPartOf(some: readonly Connection[], all: readonly Connection[]): boolean {
  const print = ({ name, flags, server, bypass, autoConfigUrl }: Connection) =>
    JSON.stringify([name, flags, server, bypass, autoConfigUrl]);
  const printed = new Set(all.map(print));
  return some.every((connection) => printed.has(print(connection)));
}
