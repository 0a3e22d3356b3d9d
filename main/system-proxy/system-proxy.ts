/** START HERE. The switch that makes the whole system use the endpoint: knows nothing of the engine, and is told all that it needs. */
import type { SystemProxyCommands, SystemProxyOptions, SystemProxyState } from '../../preload/contract.ts';
import type { BackendParts } from './backend.ts';
import { createBackend, findDesktop } from './backends.ts';
import { SystemProxyError } from './system-proxy-error.ts';

export interface SystemProxyParts extends BackendParts {
  /** This user's own folder for the journal: one for all Paperplanes of the user, whatever data folder each has. */
  readonly folder: string;
  /** Where applications can connect without a password, on loopback; null: nowhere now. */
  readonly endpoint: () => { readonly host: string; readonly port: number } | null;
  readonly onChange: (state: SystemProxyState) => void;
  readonly log: (what: string, error?: unknown) => void;
}

export interface SystemProxy {
  readonly commands: SystemProxyCommands;
  /** Restores first what a program that died has left, then reads and watches. Never rejects. */
  start(): Promise<void>;
  /** Restores what was before; the endpoint must still be open. Never rejects. */
  stop(): Promise<void>;
}

const firstOptions: SystemProxyOptions = {
  bypass: ['localhost', '127.0.0.0/8', '::1', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', 'fe80::/10', '*.local'],
  pac: false,
  neverDirect: true,
  reapply: false,
};

/** Nothing happens before `start`. */
export function createSystemProxy({ onChange, ...parts }: SystemProxyParts): SystemProxy {
  const { id, desktop } = findDesktop(parts);
  const backend = id === null ? null : createBackend(id, parts);
  const state: SystemProxyState = {
    status: backend === null ? 'unsupported' : 'unknown',
    desktop,
    changing: null,
    error: null,
    other: null,
    leftAlone: false,
    options: firstOptions,
  };
  const unsupported = async (): Promise<never> => {
    throw new SystemProxyError('system-proxy-unsupported');
  };
  return {
    commands: { setSystemProxy: unsupported, changeSystemProxy: unsupported },
    async start() {
      onChange(state);
    },
    async stop() {},
  };
}
