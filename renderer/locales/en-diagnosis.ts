import type { CommandReason, FindingCode, Unchecked } from '../../preload/diagnosis.ts';

const dead = 'where nobody listens';

/** "Fix my internet". `found` says what a finding is, with its fields in the gaps; `because`, why it matters. */
export const diagnosis = {
  title: 'Fix my internet',
  lead: 'Looks for what other programs left behind on this computer, and for what is wrong with the network. Nothing is changed before you say so.',
  looking: 'Looking…',
  again: 'Look again',
  nothing: 'Nothing was found that keeps your programs from the internet.',
  things_one: '{{count, number}} problem was found.',
  things_other: '{{count, number}} problems were found.',
  lineOf: '{{path}}, line {{line}}',
  before: 'Now',
  after: 'Then',
  unset: '(nothing)',
  kept: 'A copy of the file as it is now stays beside it, with {{ending}} at the end of its name.',
  repair: 'Change this',
  repaired: 'Changed.',
  copyCommand: 'Copy the command',
  uncheckedTitle: 'Not checked',
  found: {
    'proxy-left-behind': 'A Paperplane that ended unexpectedly left its proxy setting in {{place}}.',
    'system-proxy-dead': `Programs are sent to a proxy at {{address}}, ${dead}. It is set in {{place}}.`,
    'system-pac-dead': 'Programs ask for a proxy script at {{address}}, which is not there. It is set in {{place}}.',
    'variable-dead': `Programs are sent to a proxy at {{address}}, ${dead}. It is set in the variable {{place}}.`,
    'variable-file-dead': `Programs are sent to a proxy at {{address}}, ${dead}. It is set in {{place}}.`,
    'git-proxy-dead': `Git is sent to a proxy at {{address}}, ${dead}. It is set in {{place}}.`,
    'npm-proxy-dead': `npm is sent to a proxy at {{address}}, ${dead}. It is set in {{place}}.`,
    'apt-proxy-dead': `System updates are sent to a proxy at {{address}}, ${dead}. It is set in {{place}}.`,
    'firefox-proxy-dead': 'Firefox is sent to a proxy or a proxy script at {{address}}, which is not there. It is set in {{place}}.',
    'clock-wrong': 'The clock of this computer is wrong by {{time}}.',
    'no-dns': 'The names of sites cannot be looked up.',
    offline: 'This computer has no network.',
    'captive-portal': 'This network wants you to log in first.',
  } satisfies Record<FindingCode, string>,
  because: {
    'proxy-left-behind': 'Programs look for a proxy that is not running, and do not connect at all. What was set before is known.',
    'system-proxy-dead': 'The program that set it is not running any more, so browsers and most other programs do not connect at all.',
    'system-pac-dead': 'Without it some programs wait long, and others do not connect at all.',
    'variable-dead': 'Programs that are started from the same place as Paperplane do not connect at all.',
    'variable-file-dead': 'Programs in new terminals, and many others after the next login, do not connect at all.',
    'git-proxy-dead': 'Git cannot fetch or push.',
    'npm-proxy-dead': 'npm cannot install anything.',
    'apt-proxy-dead': 'Nothing can be installed or updated.',
    'firefox-proxy-dead':
      'Firefox opens no page, whatever the setting of the system says. Paperplane can only change this while Firefox is closed. In Firefox itself it is in Settings, Network Settings: choose the system’s proxy settings there.',
    'clock-wrong':
      'Because of that sites do not open and some proxies refuse to work. Set the date and time in the settings of the system, best automatically.',
    'no-dns':
      'The network leads out, but its name server does not answer. Restart the router, or set another name server in the network settings.',
    offline: 'Check the cable, the Wi-Fi or the mobile connection.',
    'captive-portal':
      'Until then it lets nothing through. Open any page in a browser that uses no proxy, and answer what the network asks.',
  } satisfies Record<FindingCode, string>,
  also: 'This is also set, to something else, in: {{places}}. Which one counts depends on how a program is started.',
  /** Why the person runs a command, and not Paperplane. */
  byHand: {
    'not-ours': 'Paperplane may not change this file. Run this in a terminal:',
    'this-terminal': 'Only the terminal that Paperplane was started from can change this. Run there:',
    system: 'This is a setting of the whole computer. Run this in a terminal:',
  } satisfies Record<CommandReason, string>,
  unchecked: {
    clock: 'whether the clock is right',
    dns: 'whether names of sites can be looked up',
    'captive-portal': 'whether the network wants a login',
    'remote-proxy': 'whether the proxy at {{address}} answers',
    'system-proxy': 'the proxy setting of this desktop',
  } satisfies Record<Unchecked['check'], string>,
  uncheckedBecause: {
    'direct-not-allowed': 'it takes a direct connection, which you have not allowed',
    'no-answer': 'there was no answer',
    unsupported: 'Paperplane cannot read it here',
  } satisfies Record<Unchecked['why'], string>,
} as const;

/** The copy for terminals, beside the endpoint. */
export const terminal = {
  open: 'For the terminal…',
  title: 'Use it in a terminal',
  lead: 'This makes programs that you start in the same terminal use Paperplane. It lasts until the terminal is closed.',
  shell: 'Kind of terminal',
  sh: 'bash, zsh, sh',
  fish: 'fish',
  powershell: 'PowerShell',
  cmd: 'cmd',
  on: 'To turn it on',
  off: 'To turn it off again',
  copyOn: 'Copy what turns it on',
  done: 'Done',
  copyOff: 'Copy what turns it off',
  login: 'Put your own user name and password in place of USER:PASSWORD. This window does not know them.',
} as const;
