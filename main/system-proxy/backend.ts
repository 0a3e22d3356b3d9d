/** The interfaces of the switch; types only. */
import type { Duplex } from 'node:stream';

/**
 * Everything that the switch may touch: name -> value, verbatim as the system's own tool prints and takes it; null: not set. Flat and of
 * plain text, so that the journal can hold any desktop's settings and "still ours" is an equality.
 */
export type Settings = Readonly<Record<string, string | null>>;

/** What the system is to use. `bypass` has the syntax of the contract's `SystemProxyOptions`; backends translate it. */
export interface Target {
  readonly host: string; // an IP literal
  readonly port: number;
  readonly pacUrl: string | null; // set: the script instead of host and port
  readonly bypass: readonly string[];
}

/** What settings mean, whoever made them. Addresses are host:port without user and password. */
export interface Meaning {
  readonly mode: 'none' | 'manual' | 'pac' | 'detect' | 'environment';
  readonly http: string | null;
  readonly https: string | null;
  readonly socks: string | null;
  readonly pacUrl: string | null;
}

/** One place where a system keeps its proxy setting. All but `read`, `write` and `watch` is pure. */
export interface Backend {
  readonly id: BackendId;
  readonly desktop: string; // for people
  /** All settings, also those that are not set. Rejects with SystemProxyError. */
  read(signal: AbortSignal): Promise<Settings>;
  /** What can be told at once, where `read` takes long; places may be missing. null: nothing certain. */
  glimpse?(signal: AbortSignal): Promise<Settings | null>;
  /**
   * Writes these and no others, in the order that the system needs: what decides which of the others count comes last. Rejects with
   * SystemProxyError; success is not believed before it has been read back.
   */
  write(changes: Settings, signal: AbortSignal): Promise<void>;
  /**
   * The settings that make the system use the target: only those that it needs, in the very form in which `read` gives them. HTTP and HTTPS,
   * never SOCKS alone. Keeps the bypass list that is in `present` and adds to it.
   */
  wanted(target: Target, present: Settings): Settings;
  /** The settings that make the system use no proxy; addresses that nobody looks at then may stay. For repairs, not for restoring. */
  off(present: Settings): Settings;
  /**
   * Names of settings that give this one its meaning: the port beside a host, the addresses behind a mode. When another program changed one
   * of them, this one is not restored either.
   */
  company(name: string): readonly string[];
  meaning(settings: Settings): Meaning;
  /** Calls back whenever the settings may have changed. Returns what stops it. */
  watch(listener: () => void): () => void;
}

export const backendIds = ['gnome', 'kde', 'windows', 'macos'] as const;
export type BackendId = (typeof backendIds)[number];

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly env?: NodeJS.ProcessEnv; // instead of this process's own
  readonly input?: string; // standard input
  readonly deadlineMs?: number; // 5 seconds where nothing is said
  /** A stream that the program keeps open for as long as it lives: how the watchdog knows that nothing is being changed any more. */
  readonly holds?: Duplex | undefined;
}

export interface RunResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The port for all other programs; never a shell. Rejects with SystemProxyError: `system-proxy-tool-missing` where there is no such program,
 * `system-proxy-timeout` after the deadline. Any exit code is a result.
 */
export type Run = (command: string, args: readonly string[], options?: RunOptions) => Promise<RunResult>;

/** What a backend is made of. */
export interface BackendParts {
  readonly run: Run;
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
}
