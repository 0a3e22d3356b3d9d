import { type DestinationStream, type Level, type LogFn, type Logger, pino, stdTimeFunctions } from 'pino';
import { EngineError, LinkError } from './errors.ts';
import { createLogFile } from './log-file.ts';
import { maskSecrets } from './mask-secrets.ts';

export interface LogOptions {
  readonly level: Level;
  /** A path is a file of at most 2 MiB with one predecessor, `.1`. */
  readonly destination: 'stdout' | 'stderr' | (string & {});
}

/** Compared without case, `-` and `_`, so that `proxyAuthorization`, `proxy-authorization` and `Proxy_Authorization` are one. */
const secretKeys = new Set(
  `link links text body user userid username userinfo login pass passwd password secret token uuid key privatekey
   auth authorization proxyauthorization cookie setcookie`.split(/\s+/),
);

/**
 * One JSON object a line. No secret gets through: every line passes one gate that hides values by their key, at any depth, and masks
 * texts by their look; of an error that is not ours only name, code and places are kept, because its message may quote what it choked on.
 */
export function createLog({ level, destination }: LogOptions): Logger {
  const options = {
    level,
    base: null, // the host's name is nobody's business
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: describeErrors },
    hooks: { streamWrite: hideSecrets, logMethod: keepMessageOut },
  };
  return pino(options, openDestination(destination));
}

function openDestination(destination: LogOptions['destination']): DestinationStream {
  if (destination === 'stdout') return process.stdout;
  return destination === 'stderr' ? process.stderr : createLogFile(destination);
}

/** Where there is no message, pino would take the error's own. */
function keepMessageOut(this: Logger, args: Parameters<LogFn>, log: LogFn): void {
  const [first, message = '', ...rest] = args as unknown[];
  const isError = first instanceof Error || (first instanceof Object && 'err' in first);
  log.apply(this, isError ? ([first, message, ...rest] as Parameters<LogFn>) : args);
}

function describeErrors(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? describeError(value) : value]));
}

function describeError(error: Error): Record<string, unknown> {
  const code = 'code' in error ? String(error.code) : undefined;
  const detail = error instanceof EngineError || error instanceof LinkError ? error.message : undefined;
  const places = error.stack?.split('\n').filter((line) => line.startsWith('    at '));
  return { name: error.name, code, detail, places: places?.map((line) => line.trim()) };
}

function hideSecrets(line: string): string {
  const hide = (key: string, value: unknown) => {
    if (secretKeys.has(key.toLowerCase().replace(/[-_]/g, ''))) return '***';
    return typeof value === 'string' ? maskSecrets(value) : value;
  };
  return `${JSON.stringify(JSON.parse(line, hide))}\n`;
}
