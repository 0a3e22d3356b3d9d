import { createStore } from 'zustand/vanilla';
import { initialState } from '../../main/engine/state.ts';
import type { AppState, Commands } from '../../preload/contract.ts';

/** A state as the engine starts with, for tests of what carries it. */
const someState: AppState = {
  ...initialState,
  version: '0.0.0',
  status: 'no-proxies',
  endpoint: { host: '127.0.0.1', port: 2018, needsLogin: false },
};

export const createStateStore = () => createStore<AppState>(() => someState);

/** Every call that came through to the commands, as [name, arguments]. */
export type Calls = [string, unknown][];

/** Commands that note their calls and answer as the contract says; `replaced` takes the place of some. */
export function recordingCommands(calls: Calls, replaced: Partial<Commands> = {}): Commands {
  const answer =
    <T>(name: keyof Commands, value: T) =>
    async (args: unknown): Promise<T> => {
      calls.push([name, args]);
      return value;
    };
  return {
    importText: answer('importText', { added: 1, notSpoken: 0, duplicates: 0, ignoredLines: 0, rejected: [] }),
    answerPending: answer('answerPending', null),
    updateSubscriptions: answer('updateSubscriptions', null),
    removeSubscription: answer('removeSubscription', { removed: 0 }),
    listProxies: answer('listProxies', { total: 0, rows: [] }),
    listProxyIds: answer('listProxyIds', []),
    testProxies: answer('testProxies', null),
    cancelTests: answer('cancelTests', null),
    pinProxy: answer('pinProxy', null),
    excludeProxies: answer('excludeProxies', null),
    listSwitches: answer('listSwitches', []),
    removeProxies: answer('removeProxies', { removed: 0 }),
    exportProxies: answer('exportProxies', { text: '', left: 0 }),
    changeSettings: answer('changeSettings', null),
    dismissNotice: answer('dismissNotice', null),
    setSystemProxy: answer('setSystemProxy', null),
    changeSystemProxy: answer('changeSystemProxy', null),
    diagnose: answer('diagnose', { at: 0, findings: [], unchecked: [] }),
    repair: answer('repair', null),
    ...replaced,
  };
}
