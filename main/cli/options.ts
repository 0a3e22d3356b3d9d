import { parseArgs } from 'node:util';
import { isLoopback } from '../engine/inbound/own-address.ts';
import { parseSubscriptionAddress } from '../engine/links/subscription-address.ts';
import { maskSecrets } from '../engine/mask-secrets.ts';

/** A wrong command line. The message is one line that says what to do; it may quote what was typed, so links in it are masked. */
export class UsageError extends Error {
  constructor(message: string) {
    super(maskSecrets(message));
  }
}

export interface Options {
  readonly help: boolean;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly data: string | undefined;
  readonly listen: { readonly host: string; readonly port: number };
  readonly login: { readonly username: string; readonly password: string } | undefined;
  readonly ui: { readonly host: string; readonly port: number } | null;
  readonly imports: readonly string[];
  readonly subscriptions: readonly string[]; // addresses of lists
  readonly allowDirectFetch: boolean; // lists may be fetched without a proxy too, for this run
  readonly probes: readonly string[];
  readonly diagnose: boolean;
  readonly repairs: readonly string[]; // ids of findings; `diagnose` is set then too
  readonly allowDirect: boolean;
  readonly systemProxy: boolean; // turn it on at the start
  readonly restoreSystemProxy: boolean; // restore, and do nothing else
}

export const usage = `Usage: npm run -s headless -- [options]
  --data DIR           where proxies and settings are kept
  --listen HOST:PORT   the endpoint for applications (default 127.0.0.1:2018; port 0 means any free one);
                       off loopback it needs a login: PAPERPLANE_LOGIN=user:password in the environment
  --ui HOST:PORT|off   the interface in a browser, on loopback only (default 127.0.0.1:0)
  --import TEXT|@FILE|-  proxy links: as text, from a file, or from standard input; may be given more than once
  --subscribe URL      fetches a list of proxies from this https address now and from time to time; may be given more than once
  --allow-direct-fetch  lets lists be fetched without a proxy too, until the end: the provider can see which server they come from
  --probe URL          test proxies with this http(s) address instead of the usual ones; may be given more than once
  --diagnose           "fix my internet": lists what keeps this computer's programs from the network, and exits; changes nothing
  --repair ID          makes the one change that --diagnose proposes under this id; may be given more than once
  --allow-direct       lets --diagnose make direct connections, which it needs to check names, logins of networks and remote proxies
  --system-proxy       make the whole system use the endpoint, until the end
  --restore-system-proxy  only undo what a Paperplane that is no more has left in the system's proxy setting, and end
  --json               one JSON object a line on standard output
  --verbose            log to standard error
  --help`;

/** Reads the command line of headless, start and desktop. Throws UsageError. */
export function parseOptions(argv: readonly string[], env: NodeJS.ProcessEnv): Options {
  const { values } = parse(argv);
  const data = values.data?.trim();
  if (data === '') throw new UsageError('--data needs a folder');
  return {
    help: values.help ?? false,
    json: values.json ?? false,
    verbose: values.verbose ?? false,
    data,
    listen: parseAddress('--listen', values.listen ?? '127.0.0.1:2018'),
    login: parseLogin(env.PAPERPLANE_LOGIN),
    ui: values.ui === 'off' ? null : parseInterface(values.ui ?? '127.0.0.1:0'),
    imports: values.import ?? [],
    subscriptions: (values.subscribe ?? []).map(parseSubscription),
    allowDirectFetch: values['allow-direct-fetch'] ?? false,
    probes: (values.probe ?? []).map(parseProbe),
    diagnose: values.diagnose ?? values.repair !== undefined,
    repairs: values.repair ?? [],
    allowDirect: values['allow-direct'] ?? false,
    systemProxy: values['system-proxy'] ?? false,
    restoreSystemProxy: values['restore-system-proxy'] ?? false,
  };
}

/** The options and their kinds, as parseArgs wants them. */
export const optionKinds = {
  data: { type: 'string' },
  listen: { type: 'string' },
  ui: { type: 'string' },
  import: { type: 'string', multiple: true },
  subscribe: { type: 'string', multiple: true },
  'allow-direct-fetch': { type: 'boolean' },
  probe: { type: 'string', multiple: true },
  diagnose: { type: 'boolean' },
  repair: { type: 'string', multiple: true },
  'allow-direct': { type: 'boolean' },
  'system-proxy': { type: 'boolean' },
  'restore-system-proxy': { type: 'boolean' },
  json: { type: 'boolean' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], strict: true, allowPositionals: false, options: optionKinds });
  } catch (error) {
    const firstLine = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new UsageError(`${firstLine} See --help.`);
  }
}

function parseSubscription(text: string): string {
  if (parseSubscriptionAddress(text) === null) throw new UsageError('--subscribe needs an https address');
  return text;
}

function parseAddress(option: string, text: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/i.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !(port <= 65_535)) throw new UsageError(`${option} needs HOST:PORT, such as 127.0.0.1:2018`);
  return { host, port };
}

/** It decides where traffic goes, so it is offered to this computer alone. */
function parseInterface(text: string): { host: string; port: number } {
  const address = parseAddress('--ui', text);
  if (address.host !== 'localhost' && !isLoopback(address.host))
    throw new UsageError('--ui needs an address of this computer, such as 127.0.0.1:0');
  return address;
}

/** Not an option, because other programs can read a command line. */
function parseLogin(text: string | undefined): { username: string; password: string } | undefined {
  if (text === undefined || text === '') return undefined;
  const [, username, password] = /^([^:]+):(.+)$/s.exec(text) ?? [];
  if (username === undefined || password === undefined) throw new UsageError('PAPERPLANE_LOGIN needs user:password');
  return { username, password };
}

function parseProbe(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) throw new UsageError('--probe needs an http or https address');
  return url.href;
}
