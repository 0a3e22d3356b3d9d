import type { Run, RunResult } from '../../main/system-proxy/backend.ts';

interface Proxy {
  enabled: boolean;
  server: string;
  port: string;
  login: boolean;
}

/** One network service as macOS keeps it. */
export interface MacosService {
  readonly device: string;
  readonly disabled?: boolean;
  readonly refuses?: boolean; // it has no proxy settings to change
  web: Proxy;
  secureweb: Proxy;
  socksfirewall: Proxy;
  bypass: string[];
  script: { enabled: boolean; url: string };
  discovery: boolean;
}

const none = (): Proxy => ({ enabled: false, server: '', port: '0', login: false });

/** A service on which nothing has ever been set. */
export const freshService = (device: string, set: Partial<MacosService> = {}): MacosService => ({
  device,
  web: none(),
  secureweb: none(),
  socksfirewall: none(),
  bypass: ['*.local', '169.254/16'],
  script: { enabled: false, url: '' },
  discovery: false,
  ...set,
});

export interface MacosComputer {
  readonly services: Record<string, MacosService>;
  /** The device of the default route. */
  primary: string | null;
  /** `asks`: every change wants an administrator's password. */
  administrator: 'not needed' | 'asks';
  /** Whether an empty server is accepted. */
  clears: boolean;
  readonly run: Run;
  /** The changes that were tried, in order. */
  readonly changes: (readonly string[])[];
}

const said = (stdout: string, code = 0): RunResult => ({ code, stdout, stderr: '' });
const unknown = (service: string) => said(`${service} is not a recognized network service.\n** Error: The parameters were not valid.\n`);
const denied = said('** Error: Command requires admin privileges.\n', 14);
const refused = said('** Error: The parameters were not valid.\n', 4);

/**
 * What networksetup, route and scutil of macOS 14 and 15 print, word for word as transcripts show it, over settings that they share. An
 * unknown service comes with exit code 0, as on real computers.
 */
export function createMacosComputer(services: Record<string, MacosService>): MacosComputer {
  const computer: MacosComputer = {
    services,
    primary: 'en0',
    administrator: 'not needed',
    clears: true,
    changes: [],
    async run(command, args, { signal } = {}) {
      signal?.throwIfAborted();
      if (command === '/sbin/route') return route(computer);
      if (command === '/usr/sbin/scutil') return said(`<dictionary> {\n${JSON.stringify(Object.values(services))}\n}\n`);
      const [verb = '', service = '', ...values] = args;
      if (verb === '-listnetworkserviceorder') return list(computer);
      const settings = services[service];
      if (verb.startsWith('-set')) computer.changes.push(args);
      if (settings === undefined) return unknown(service);
      if (verb.startsWith('-get')) return tell(verb, service, settings);
      return computer.administrator === 'asks' ? denied : change(computer, verb, settings, values);
    },
  };
  return computer;
}

function route({ primary }: MacosComputer): RunResult {
  if (primary === null) return { code: 1, stdout: '', stderr: 'route: writing to routing socket: not in table\n' };
  return said(`   route to: default\ndestination: default\n       mask: default\n    gateway: 192.168.1.1\n  interface: ${primary}\n`);
}

function list({ services }: MacosComputer): RunResult {
  const entries = Object.entries(services).map(([name, { device, disabled }], index) => {
    return `(${disabled ? '*' : index + 1}) ${name}\n(Hardware Port: ${name}, Device: ${device})\n`;
  });
  return said(`An asterisk (*) denotes that a network service is disabled.\n${entries.join('\n')}\n`);
}

function tell(verb: string, service: string, { bypass, script, discovery, ...proxies }: MacosService): RunResult {
  if (verb === '-getproxybypassdomains') {
    return said(bypass.length === 0 ? `There aren't any bypass domains set on ${service}.\n` : `${bypass.join('\n')}\n`);
  }
  if (verb === '-getautoproxyurl') return said(`URL: ${script.url || '(null)'}\nEnabled: ${yesNo(script.enabled)}\n`);
  if (verb === '-getproxyautodiscovery') return said(`Auto Proxy Discovery: ${discovery ? 'On' : 'Off'}\n`);
  const { enabled, server, port, login } = proxies[kindOf(verb)];
  return said(`Enabled: ${yesNo(enabled)}\nServer: ${server}\nPort: ${port}\nAuthenticated Proxy Enabled: ${login ? 1 : 0}\n`);
}

function change({ clears }: MacosComputer, verb: string, settings: MacosService, values: readonly string[]): RunResult {
  const [first = '', second = ''] = values;
  if (settings.refuses) return refused;
  if (verb === '-setproxybypassdomains') settings.bypass = first === 'Empty' ? [] : [...values];
  else if (verb === '-setproxyautodiscovery') settings.discovery = first === 'on';
  else if (verb === '-setautoproxystate') settings.script.enabled = first === 'on';
  else if (verb.endsWith('state')) settings[kindOf(verb)].enabled = first === 'on';
  else if (first === '' && !clears) return refused;
  else if (verb === '-setautoproxyurl') settings.script = { enabled: true, url: first };
  else settings[kindOf(verb)] = { enabled: true, server: first, port: second, login: false };
  return said('');
}

const yesNo = (is: boolean) => (is ? 'Yes' : 'No');
function kindOf(verb: string): 'web' | 'secureweb' | 'socksfirewall' {
  const kind = /^-[gs]et(web|secureweb|socksfirewall)proxy(?:state)?$/.exec(verb)?.[1];
  if (kind === 'web' || kind === 'secureweb' || kind === 'socksfirewall') return kind;
  throw new Error(`networksetup has no ${verb}`);
}
