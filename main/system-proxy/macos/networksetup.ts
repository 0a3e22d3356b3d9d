import type { Settings } from '../backend.ts';

/** The kinds of proxy that a service has, as they stand in the names of networksetup's commands. */
export const proxyKinds = ['web', 'secureweb', 'socksfirewall'] as const;

/** What networksetup is asked about one service. */
export const readCommands = (service: string): string[][] => [
  ...proxyKinds.map((kind) => [`-get${kind}proxy`, service]),
  ['-getproxybypassdomains', service],
  ['-getautoproxyurl', service],
  ['-getproxyautodiscovery', service],
];

/**
 * The answers to `readCommands`, in that order, as settings: `web@Wi-Fi` is `host port`, `webState@Wi-Fi` is on or off. Null when one of them is
 * not an answer; networksetup may say so with exit code 0. What is switched off and leads to this computer counts as not set: programs like
 * ours leave it behind, and it does nothing.
 */
export function parseAnswers(service: string, answers: readonly string[]): Settings | null {
  const settings: Record<string, string | null> = {};
  for (const [index, kind] of proxyKinds.entries()) {
    const answer = answers[index] ?? '';
    const state = onOff(/^Enabled: (Yes|No)\s*$/m.exec(answer)?.[1]);
    const host = /^Server: (.*?)\s*$/m.exec(answer)?.[1];
    const port = /^Port: (\d*)\s*$/m.exec(answer)?.[1];
    if (state === null || host === undefined || port === undefined) return null;
    const isNothing = host === '' || (state === 'off' && isLoopback(host));
    settings[`${kind}@${service}`] = isNothing ? null : `${host} ${port || '0'}`;
    settings[`${kind}State@${service}`] = state;
    if (/^Authenticated Proxy Enabled: [^0\s]/m.test(answer)) settings[`${kind}Login@${service}`] = 'yes';
  }
  const [bypass = '', script = '', discovery = ''] = answers.slice(proxyKinds.length);
  const [, url, enabled] = /^URL: (.*?)\s*\nEnabled: (Yes|No)\s*$/m.exec(script) ?? [];
  const discoveryState = onOff(/: (On|Off)\s*$/m.exec(discovery)?.[1]);
  if (url === undefined || discoveryState === null || isComplaint(bypass)) return null;
  const scriptState = onOff(enabled);
  const isNoScript = url === '' || url === '(null)' || (scriptState === 'off' && isLoopback(hostOf(url)));
  settings[`bypass@${service}`] = parseBypass(bypass).join('\n') || null;
  settings[`autoproxy@${service}`] = isNoScript ? null : url;
  settings[`autoproxyState@${service}`] = scriptState;
  settings[`discoveryState@${service}`] = discoveryState;
  return settings;
}

/** Where the list is empty, networksetup prints a sentence; an entry has no blanks. */
const parseBypass = (printed: string): string[] => printed.split(/\r?\n/).filter((line) => /^\S+$/.test(line));

/** Whether this is networksetup's refusal, which comes with exit code 0 or with another one. A change that succeeds prints nothing. */
export const isComplaint = (printed: string): boolean => /\*\* Error|not a recognized|^Error/m.test(printed);
/** Whether it wants an administrator: of an account without these rights, or where every change of the system asks for the password. */
export const wantsAdministrator = (printed: string): boolean =>
  /admin(istrator)? privileges|authoriz|must (be run as|run as|be) root/i.test(printed);

/**
 * The arguments of every run that makes these changes, values first, as setting one also switches it on; then what is switched off and on.
 * `present` tells the states that no change speaks of, which are set again for that reason.
 */
export function writeCommands(changes: Settings, present: Settings): string[][] {
  const values: string[][] = [];
  const states = new Map<string, string[]>();
  for (const [key, value] of Object.entries(changes)) {
    const [, name = '', service = ''] = /^(\w+)@(.*)$/s.exec(key) ?? [];
    if (name.endsWith('State')) {
      states.set(key, stateCommand(name, service, value));
      continue;
    }
    values.push(valueCommand(name, service, value));
    const stateKey = `${name}State@${service}`;
    const state = changes[stateKey] ?? present[stateKey];
    if (state !== undefined) states.set(stateKey, stateCommand(`${name}State`, service, state));
  }
  const switches = [...states.values()];
  const isOff = (command: readonly string[]) => command.at(-1) === 'off';
  return [...values, ...switches.filter(isOff), ...switches.filter((command) => !isOff(command))];
}

function valueCommand(name: string, service: string, value: string | null): string[] {
  if (name === 'bypass') return ['-setproxybypassdomains', service, ...(value === null ? ['Empty'] : value.split('\n'))];
  if (name === 'autoproxy') return ['-setautoproxyurl', service, value ?? ''];
  const [host = '', port = '0'] = value?.split(' ') ?? [];
  return [`-set${name}proxy`, service, host, port];
}

function stateCommand(name: string, service: string, state: string | null): string[] {
  const what = name.slice(0, -'State'.length);
  if (what === 'discovery') return ['-setproxyautodiscovery', service, state ?? 'off'];
  return [what === 'autoproxy' ? '-setautoproxystate' : `-set${what}proxystate`, service, state ?? 'off'];
}

function onOff(word: string | undefined): 'on' | 'off' | null {
  if (word === undefined) return null;
  return word === 'Yes' || word === 'On' ? 'on' : 'off';
}

export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : '');
export const isLoopback = (host: string): boolean => /^(127\.\d+\.\d+\.\d+|\[?::1\]?|localhost)$/i.test(host);
