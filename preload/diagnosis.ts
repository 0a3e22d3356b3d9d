/**
 * What "Fix my internet" finds and proposes, as data of the contract. Every address, line and command in it has been masked: user names
 * and passwords are `***`.
 */

export type FindingCode =
  | 'proxy-left-behind' // a Paperplane that did not end in order left its settings in the system; what was before is known
  | 'system-proxy-dead' // the system sends programs to a proxy where nobody listens
  | 'system-pac-dead' // the system asks for a PAC script (proxy auto-config) that is not there
  | 'variable-dead' // a variable such as http_proxy of this very process does
  | 'variable-file-dead' // a file that sets such variables for new sessions does
  | 'git-proxy-dead'
  | 'npm-proxy-dead'
  | 'apt-proxy-dead'
  | 'firefox-proxy-dead' // Firefox has a proxy or a script of its own set, which is not there
  | 'clock-wrong'
  | 'no-dns'
  | 'offline'
  | 'captive-portal';

/** The exact change that repairs a finding. `line` and `settings` are made by Paperplane after the person's yes, `command` by the person. */
export type Change =
  | {
      readonly kind: 'line'; // a line of a file is turned into a comment; the file as it was is kept beside it
      readonly path: string;
      readonly line: number; // from 1
      readonly before: string;
      readonly after: string;
      readonly backup: string; // the ending of the kept file's name
    }
  | {
      readonly kind: 'settings';
      readonly changes: readonly { readonly setting: string; readonly before: string; readonly after: string }[];
    }
  | { readonly kind: 'command'; readonly command: string; readonly why: CommandReason };

/** Why Paperplane does not run a command itself. */
export type CommandReason =
  | 'not-ours' // the file belongs to another user, mostly root, or may not be written
  | 'this-terminal' // variables of a running program can only be changed where it was started
  | 'system'; // a setting of the whole computer

export interface Finding {
  readonly id: string; // the same as long as the finding is exactly the same; what `repair` takes
  readonly code: FindingCode;
  /** What the sentence has gaps for: the setting's or file's name, an address, a length of time in seconds. */
  readonly place?: string;
  readonly address?: string; // host:port or URL
  /** Other lines that set the same variable, to something else: place and address. */
  readonly also?: readonly string[];
  readonly seconds?: number; // how far the clock is off: positive when it is ahead
  readonly change: Change | null; // null: the sentence says what to do
}

/** What could not be looked at, so that nobody takes silence for an all-clear. */
export interface Unchecked {
  readonly check: 'clock' | 'dns' | 'captive-portal' | 'remote-proxy' | 'system-proxy';
  readonly why:
    | 'direct-not-allowed' // it would need a connection that goes around the proxies
    | 'no-answer' // it was tried
    | 'unsupported'; // this desktop keeps no settings that Paperplane can read
  readonly address?: string; // of the remote proxy
}

export interface Diagnosis {
  readonly at: number; // milliseconds since 1970
  readonly findings: readonly Finding[];
  readonly unchecked: readonly Unchecked[];
}
