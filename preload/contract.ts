/**
 * What crosses the border between the engine and the interface: commands, one state, error codes. Everything here is data that JSON
 * can carry. Two verbs cross the border, `call` and `onState`; two carriers bring them (main/control). No value here holds a secret,
 * except the text that a person gives to `importText` and the links that a person asks for with `exportProxies`.
 */

import type { Diagnosis } from './diagnosis.ts';
import type { SubscriptionCommands, SubscriptionOffer, SubscriptionRow } from './subscriptions.ts';
import type { SystemProxyCommands, SystemProxyState } from './system-proxy.ts';

/** Whose fault a failure is. Only `proxy` counts against a proxy; `local` is this computer or the person's own request. */
export type Blame = 'proxy' | 'destination' | 'local';

/** Every error code and its blame. The sentence that a person reads is made from the code in the renderer's locale files. */
export const errorBlame = {
  'proxy-refused': 'proxy', // TCP connection to the proxy refused or reset
  'proxy-unreachable': 'proxy', // no route to the proxy
  'proxy-name-not-found': 'proxy', // the proxy's own host name does not resolve
  'proxy-timeout': 'proxy', // no answer from the proxy in time
  'proxy-closed': 'proxy', // the proxy closed the connection during the handshake
  'proxy-protocol': 'proxy', // the answer is not of this protocol
  'proxy-certificate': 'proxy', // the TLS certificate of the proxy is not valid for its name
  'proxy-clock': 'proxy', // the proxy's clock and ours are too far apart for this protocol: told only where the proxy answers nevertheless
  'proxy-login-required': 'proxy', // the proxy wants a user name and password and the link has none
  'proxy-login-rejected': 'proxy', // the proxy does not accept the user name and password
  'proxy-unsupported': 'proxy', // the proxy cannot do what is asked (CONNECT, names)
  'proxy-failed': 'destination', // the proxy could not connect and does not say why: most often the destination; a probe shows if not
  'proxy-tampered': 'proxy', // a probe came back with something else than the test address answers
  'destination-refused': 'destination',
  'destination-unreachable': 'destination',
  'destination-name-not-found': 'destination', // known only where this computer resolved the name, or where the proxy says so
  'destination-timeout': 'destination',
  'destination-forbidden': 'destination', // the proxy's rules do not allow this destination
  'no-proxies': 'local', // nothing has been imported yet
  'no-proxy-works': 'local', // all were tried, none connected
  aborted: 'local',
  'bad-request': 'local', // what came in is malformed
  'login-required': 'local', // the endpoint wants a user name and password
  'not-supported': 'local', // BIND; datagrams where no proxy in use carries them; a proxy that is known and not spoken
  'too-many-clients': 'local',
  'unknown-command': 'local',
  'bad-arguments': 'local',
  'unknown-proxy': 'local', // no proxy with this id
  'not-spoken': 'local', // this proxy's protocol is known, but Paperplane does not speak it yet
  'list-refused': 'destination', // the server of a subscription answers, but not with the list
  'list-insecure': 'destination', // its certificate is not valid, or it leads to an address without encryption
  'list-too-large': 'destination', // over 8 MiB
  'list-is-page': 'destination', // a web page came instead of a list: a login, a block, a wrong address
  'list-empty': 'destination', // nothing in it that can be used
  'unknown-subscription': 'local', // no subscription with this id
  'not-connected': 'local', // the interface lost the engine
  'data-folder-in-use': 'local', // another Paperplane works in this data folder
  'data-folder-unusable': 'local', // the data folder cannot be read or written: no access, disk full, not ours
  'database-too-new': 'local', // a later version of Paperplane wrote the database
  'system-proxy-unsupported': 'local', // this desktop has no proxy setting that we know
  'system-proxy-tool-missing': 'local', // the program that changes the setting is not installed
  'system-proxy-denied': 'local', // the system does not allow the change: read-only, locked, administrators only
  'system-proxy-administrator': 'local', // macOS wants an administrator's password for this change
  'system-proxy-login': 'local', // the proxy that is set has a saved password, which could not be restored
  'system-proxy-timeout': 'local', // the system's tool did not end in time
  'system-proxy-failed': 'local', // the system's tool failed, or the setting is not what was written
  'system-proxy-in-use': 'local', // another Paperplane of this user holds the switch
  'system-proxy-not-restored': 'local', // what was set before could not be put back; it is tried again at the next start
  'system-proxy-journal': 'local', // what was set before was written down by a later version, or the disk has damaged it
  'system-proxy-no-endpoint': 'local', // there is no local endpoint that works without a password
  'system-proxy-unguarded': 'local', // the process that would restore the setting after a crash does not start
  'finding-gone': 'local', // what was to be repaired is not there any more, or not as it was shown
  'repair-failed': 'local', // the system did not allow the change, and nothing was changed
  internal: 'local',
} as const satisfies Record<string, Blame>;
export type ErrorCode = keyof typeof errorBlame;

/** Why a line of a paste was not imported. `detail` (where there is one) is a scheme, a parameter's name or a number; never a secret. */
export type RejectionCode =
  | 'no-link' // there is nothing like a proxy link in the line
  | 'unknown-scheme' // detail: the scheme
  | 'not-spoken' // a known form that Paperplane cannot read yet. detail: its name
  | 'is-subscription' // an https address with a path: a subscription, not a proxy
  | 'no-host'
  | 'bad-host'
  | 'no-port'
  | 'no-secret' // the password, key or id that this protocol needs is missing
  | 'bad-port'
  | 'ipv6-brackets' // an IPv6 address with a port needs [brackets]
  | 'bad-encoding' // broken percent or base64 encoding. detail: the part
  | 'login-too-long' // user name or password over 255 bytes
  | 'login-not-possible' // this protocol has no password. detail: the protocol
  | 'link-too-long' // over 16 KiB
  | 'too-many-links'; // over 50,000 in one paste
export interface Rejection {
  readonly line: number; // from 1
  readonly code: RejectionCode;
  readonly detail?: string;
}

export interface ImportReport {
  readonly added: number;
  readonly notSpoken: number; // of the added ones, those that are kept and cannot be used yet
  readonly duplicates: number;
  readonly ignoredLines: number; // lines of prose without anything like a link
  readonly rejected: readonly Rejection[];
}

export type Health = 'untested' | 'testing' | 'working' | 'failing';

/** One proxy as the interface shows it. */
export interface ProxyRow {
  readonly id: string;
  readonly label: string;
  readonly protocol: string; // scheme for people: SOCKS5, HTTP, HTTPS, ...
  readonly address: string; // host:port, IPv6 in brackets
  readonly encrypted: boolean; // whether the way to the proxy is encrypted
  readonly insecure: boolean; // the proxy's certificate is not checked, because its link says so
  readonly notSpoken: string | null; // the name of what Paperplane does not speak yet: such a proxy is kept, never used or tested
  readonly health: Health;
  readonly reason: ErrorCode | null; // why it is failing
  readonly latencyMs: number | null; // the last good probe's time to first byte
  readonly pinned: boolean;
  readonly excluded: boolean; // never used until included again
  readonly source: string; // where it came from: a file's name, an address, or '' for pasted text
  readonly testedAt: number | null; // milliseconds since 1970
}
export interface ProxyPage {
  readonly total: number;
  readonly rows: readonly ProxyRow[];
}

/** Something that the person should know and may dismiss. */
export interface Notice {
  readonly id: string;
  readonly code: 'database-set-aside' | 'secrets-unreadable' | 'link-unreadable';
  readonly path?: string; // where the file that was set aside is now
  readonly count?: number; // of what cannot be read
}

/** Links that came from a link click and wait for the person's yes. The text itself stays in the engine. A newer one takes the place of an older one. */
export interface PendingImport {
  readonly id: number; // of this offer and no other one
  readonly links: number;
  readonly rejected: number;
  readonly addresses: readonly string[]; // the first few
  readonly subscriptions: readonly SubscriptionOffer[]; // asked for in any case, also for those that were pasted
}

export interface Traffic {
  readonly connections: number; // open now
  readonly upBytesPerSecond: number;
  readonly downBytesPerSecond: number;
  readonly upBytes: number; // since start
  readonly downBytes: number;
  /** Bytes per second, one pair [up, down] a second, oldest first, at most 60. */
  readonly history: readonly (readonly [number, number])[];
}

/**
 * How a proxy is chosen for a new connection. `automatic`: the best one, and it stays. `round-robin`: the working ones in turn. `sticky`: each
 * destination keeps its own. `manual`: only the pinned one.
 */
export const modes = ['automatic', 'round-robin', 'sticky', 'manual'] as const;
export type Mode = (typeof modes)[number];

export interface Settings {
  readonly claimTelegramLinks: boolean; // desktop: tg:// links open Paperplane (which asks before importing)
  readonly mode: Mode;
  readonly group: string | null; // only proxies from this source are used; null: from all
  readonly allowDirectCheck: boolean; // one direct TCP connection may be made to tell whether the network or the proxies are to blame
  readonly allowDirectFetch: boolean; // subscriptions may be fetched without a proxy too
}

/** Why new connections take another proxy than before. */
export type SwitchReason =
  | 'first' // the first one that works
  | 'better' // clearly faster for long enough
  | 'failed' // the one before failed; the event's code says how
  | 'chosen' // the person pinned, unpinned, excluded, removed, or changed mode or group
  | 'network'; // after a wake or a change of networks

/** One switch, with the numbers that led to it. */
export interface SwitchEvent {
  readonly at: number; // milliseconds since 1970
  readonly from: { readonly id: string; readonly label: string } | null;
  readonly to: { readonly id: string; readonly label: string } | null; // null: none works
  readonly reason: SwitchReason;
  readonly code: ErrorCode | null; // how the one before failed
  readonly fromMs: number | null; // what a connection cost with each: smoothed, failures and slowness included
  readonly toMs: number | null;
}

/**
 * `no-proxies`: nothing imported. `testing`: none has answered yet. `ready`: at least one works. `blocked`: none works. `offline`: this computer
 * has no network. `captive-portal`: the network wants a login page answered first.
 */
export type Status = 'starting' | 'no-proxies' | 'testing' | 'ready' | 'blocked' | 'offline' | 'captive-portal' | 'stopped';

/**
 * A site that fails while proxies work, as they say themselves. Its name is what a person reads: it is never logged, stored or printed, and leaves
 * the engine for the interface alone.
 */
export interface RefusingSite {
  readonly host: string; // lower case, at most 253 characters
  readonly code: ErrorCode; // one whose blame is `destination`
  readonly proxies: number; // how many of those that the last connection tried said so
}

/** Excluded proxies count in `total` alone; `notSpoken` ones in no other part. */
export interface ProxyCounts {
  readonly total: number;
  readonly working: number;
  readonly failing: number;
  readonly untested: number;
  readonly notSpoken: number;
}

/** The one state. Pushed on change, at most four times a second. Lists travel as pages, asked for by `listProxies`. */
export interface AppState {
  readonly version: string;
  readonly status: Status;
  readonly endpoint: { readonly host: string; readonly port: number; readonly needsLogin: boolean } | null;
  readonly active: ProxyRow | null; // the proxy that new connections take
  readonly refusingSite: RefusingSite | null; // the latest, until it answers or a minute has passed; null unless `ready`
  readonly pinnedId: string | null;
  readonly pinnedUntil: number | null; // milliseconds since 1970; null: for ever
  readonly lastSwitch: SwitchEvent | null;
  readonly groups: readonly string[]; // the sources that proxies came from
  readonly proxies: ProxyCounts;
  readonly proxiesRevision: number; // goes up when any row changed: ask for the page again
  readonly testing: { readonly done: number; readonly total: number } | null;
  readonly importing: { readonly done: number; readonly total: number } | null;
  readonly pending: PendingImport | null;
  readonly subscriptions: readonly SubscriptionRow[]; // in the order in which they were added
  readonly traffic: Traffic;
  readonly notices: readonly Notice[];
  readonly settings: Settings;
  readonly systemProxy: SystemProxyState | null; // null: this program does not care for it
}

/** `links`: one a line, `base64` of these as in subscriptions, `clash`: YAML, `sing-box`: JSON. */
export const exportFormats = ['links', 'base64', 'clash', 'sing-box'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/**
 * Commands: name -> arguments and result. Each may fail with an ErrorCode; nothing is thrown across the border. Of several `ids`, those that are
 * gone meanwhile are passed over; `unknown-proxy` where all are.
 */
export interface EngineCommands extends SubscriptionCommands {
  /**
   * Imports every link found in `text` (at most 8 MiB), as a group named `source` where given. Resolves when all of them are stored. Addresses of
   * subscriptions in it become `state.pending`.
   */
  importText(args: { text: string; source?: string }): Promise<ImportReport>;
  /** The person's answer to `state.pending` as it was shown: null, and nothing else happens, where that is not what waits now. */
  answerPending(args: { id: number; accept: boolean }): Promise<ImportReport | null>;
  /** A page of the list, best first, pinned on top. `limit` at most 500. `search` matches label and address. */
  listProxies(args: { offset: number; limit: number; search?: string }): Promise<ProxyPage>;
  /** All that `listProxies` would list, in the same order. */
  listProxyIds(args: { search?: string }): Promise<readonly string[]>;
  /** Probes these proxies now, or all. Resolves when the probes are queued; progress is in the state. */
  testProxies(args: { ids: readonly string[] | 'all' }): Promise<null>;
  cancelTests(args: Record<string, never>): Promise<null>;
  /** Only this proxy is used, for so many minutes or until unpinned with null. */
  pinProxy(args: { id: string | null; minutes?: number }): Promise<null>;
  /** Excluded proxies are kept but never used or tested. */
  excludeProxies(args: { ids: readonly string[]; excluded: boolean }): Promise<null>;
  /** The last 200 switches, newest first. */
  listSwitches(args: Record<string, never>): Promise<readonly SwitchEvent[]>;
  removeProxies(args: { ids: readonly string[] | 'failing' }): Promise<{ removed: number }>;
  /**
   * The proxies with their secrets: only for showing, copying or saving at the person's request. `left`: how many of them the format cannot hold;
   * `links` and `base64` hold all.
   */
  exportProxies(args: { ids: readonly string[] | 'all'; format: ExportFormat }): Promise<{ text: string; left: number }>;
  changeSettings(args: Partial<Settings>): Promise<null>;
  dismissNotice(args: { id: string }): Promise<null>;
}
export interface DiagnosisCommands {
  /** What on this computer keeps programs from the network. Takes some seconds; connects directly only where `allowDirectCheck` is on. */
  diagnose(args: Record<string, never>): Promise<Diagnosis>;
  /** Makes the one change that was shown under this id: `finding-gone` where it would be another one now. */
  repair(args: { id: string }): Promise<null>;
}
export interface Commands extends EngineCommands, SystemProxyCommands, DiagnosisCommands {}
export type CommandName = keyof Commands;
export type Arguments<N extends CommandName> = Parameters<Commands[N]>[0];
export type Result<N extends CommandName> = Awaited<ReturnType<Commands[N]>>;

/** Errors travel as data, because Electron rewrites the message of a thrown one. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: ErrorCode };

/** What the preload (IPC) and renderer/bridge.ts (HTTP) offer to the interface. */
export interface Bridge {
  readonly host: 'desktop' | 'browser';
  call<N extends CommandName>(name: N, args: Arguments<N>): Promise<Outcome<Result<N>>>;
  /** Calls `listener` with the state now and at each change. null: the engine is out of reach. Returns the unsubscriber. */
  onState(listener: (state: AppState | null) => void): () => void;
}

/** Channel names of the IPC carrier, in one place. */
export const ipcChannels = { call: 'paperplane:call', state: 'paperplane:state', subscribe: 'paperplane:subscribe' } as const;
