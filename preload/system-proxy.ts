/** The part of the contract that is about the system's own proxy setting. */
import type { ErrorCode } from './contract.ts';

/** What the person decides about the system's proxy setting. */
export interface SystemProxyOptions {
  /** Goes around the proxy, besides what the system's own list says: a name (and what is below it), `*.name`, an IP address or CIDR range. */
  readonly bypass: readonly string[];
  /** Give the system the address of a script (PAC) instead of the endpoint. */
  readonly pac: boolean;
  /** The script knows no way but the endpoint: nothing bypasses it, and nothing goes direct when it does not answer. */
  readonly neverDirect: boolean;
  /** Set it again when another program changes it. */
  readonly reapply: boolean;
}

/** What a bypass entry may be: it becomes part of system settings and of a script. */
export const bypassPattern = /^(?:\*\.|\.)?[\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}])?$|^[0-9a-fA-F:.]{2,45}(?:\/\d{1,3})?$/u;

/** The system's own proxy setting, as read from the system, never as asked for. */
export interface SystemProxyState {
  /**
   * `unknown`: not read yet, or not readable just now (`error`). `off`: not ours. `on`: as we set it. `changed`: we set it, and another
   * program has changed it since.
   * `unsupported`: it cannot be changed here (`error` says why): show what to set by hand, the endpoint.
   */
  readonly status: 'unknown' | 'off' | 'on' | 'changed' | 'unsupported';
  readonly desktop: string; // GNOME, KDE, Windows, macOS, or what the system calls itself
  readonly changing: 'on' | 'off' | null; // the change that goes on right now
  readonly error: ErrorCode | null; // why the last change failed, or restoring at the start
  readonly other: string | null; // the proxy (host:port) or script that the system uses and that is not ours; never a password
  readonly leftAlone: boolean; // turned off, but what another program had changed was left as it is
  readonly options: SystemProxyOptions;
}

export interface SystemProxyCommands {
  /** Makes the whole system use the endpoint, or restores what was set before. Resolves once the system says so. */
  setSystemProxy(args: { on: boolean }): Promise<null>;
  /** Keeps the options and, while it is on, applies them at once. At most 200 bypass entries that match `bypassPattern`. */
  changeSystemProxy(args: Partial<SystemProxyOptions>): Promise<null>;
}
