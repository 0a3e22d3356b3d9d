import type { Backend, BackendParts, Settings } from '../backend.ts';
import { followChanges } from '../follow-changes.ts';
import { SystemProxyError } from '../system-proxy-error.ts';
import { isComplaint, parseAnswers, readCommands, wantsAdministrator, writeCommands } from './networksetup.ts';
import { parsePrimaryDevice, parseServices } from './services.ts';
import { company, leadsHere, meaning, off, servicesOf, wanted } from './settings.ts';

/**
 * The settings of every network service of macOS that is switched on, by networksetup. Whether a change succeeded is read from what it prints,
 * because its exit code says 0 to some refusals; its words are the same in every language.
 */
export function createMacos({ run, env, desktop }: BackendParts & { readonly desktop: string }): Backend {
  const networksetup = (args: readonly string[], signal: AbortSignal) => run('/usr/sbin/networksetup', args, { signal, env });
  const refusing = new Set<string>();

  const readService = async (service: string, signal: AbortSignal) => {
    const answers = await Promise.all(readCommands(service).map((args) => networksetup(args, signal)));
    const printed = answers.map(({ stdout }) => stdout);
    return parseAnswers(service, printed);
  };
  /** A service that tells nothing of proxies is left alone: it has just been deleted. */
  const readServices = async (services: readonly string[], signal: AbortSignal): Promise<Settings> => {
    const settings: (Settings | null)[] = [];
    for (const service of services) settings.push(refusing.has(service) ? null : await readService(service, signal));
    if (settings.every((one) => one === null)) throw new SystemProxyError('system-proxy-failed', 'networksetup: no service answers');
    return Object.assign({}, ...settings);
  };
  const writeService = async (service: string, changes: Settings, present: Settings, signal: AbortSignal) => {
    for (const [index, args] of writeCommands(changes, present).entries()) {
      const { code, stdout, stderr } = await networksetup(args, signal);
      const fault = faultOf(args, code, stdout + stderr);
      if (fault === null) continue;
      // The services of some VPN programs take no proxy, which is no reason to do without one everywhere else.
      if (index > 0 || fault.code !== 'system-proxy-failed' || leadsHere(present, service)) throw fault;
      refusing.add(service);
      return;
    }
  };
  return {
    id: 'macos',
    desktop,
    company,
    meaning,
    off,
    wanted,
    async read(signal) {
      const [order, route] = await Promise.all([
        networksetup(['-listnetworkserviceorder'], signal),
        run('/sbin/route', ['-n', 'get', 'default'], { signal, env }),
      ]);
      return readServices(parseServices(order.stdout, parsePrimaryDevice(route.stdout)), signal);
    },
    async write(changes, signal) {
      const present = await readServices(servicesIn(changes), signal);
      const login = Object.keys(changes).find((key) => losesLogin(key, present));
      if (login !== undefined) throw new SystemProxyError('system-proxy-login', login);
      for (const service of servicesOf(present)) {
        const own = Object.entries(changes).filter(([key]) => serviceOf(key) === service);
        await writeService(service, Object.fromEntries(own), present, signal);
      }
    },
    watch: (listener) => followChanges(async (signal) => (await run('/usr/sbin/scutil', ['--proxy'], { signal, env })).stdout, listener),
  };
}

function faultOf(args: readonly string[], code: number, said: string): SystemProxyError | null {
  if (wantsAdministrator(said)) return new SystemProxyError('system-proxy-administrator', `networksetup ${args[0]}`);
  const isClearing = args[2] === ''; // where that is refused, what is switched off next still leads nowhere
  if ((code === 0 && !isComplaint(said)) || isClearing) return null;
  return new SystemProxyError('system-proxy-failed', `networksetup ${args[0]}: ${code}`);
}

const serviceOf = (key: string): string => key.slice(key.indexOf('@') + 1);
const servicesIn = (changes: Settings): string[] => [...new Set(Object.keys(changes).map(serviceOf))];

/** A proxy in use that has a user name: its password is in the keychain, out of reach, so what is overwritten could not be restored. */
function losesLogin(key: string, present: Settings): boolean {
  const kind = key.slice(0, key.indexOf('@'));
  const at = key.slice(kind.length);
  return present[`${kind}Login${at}`] === 'yes' && present[`${kind}State${at}`] === 'on';
}
