import type { Run, Settings } from './backend.ts';
import { SystemProxyError } from './system-proxy-error.ts';

/** A folder of the database behind gsettings, by the program dconf. Rejects with `system-proxy-tool-missing` where that is not installed. */
export interface Dconf {
  /** The names of what was set at all, where gsettings tells the schema's own values too. */
  names(signal: AbortSignal): Promise<ReadonlySet<string>>;
  /**
   * Writes these in one process and as one change, where gsettings takes a process for each; names are paths below the folder, null unsets.
   * Only where everything is set, or everything that there is unset: else it does nothing and gives false.
   */
  writeAtOnce(changes: Settings, signal: AbortSignal): Promise<boolean>;
}

export function createDconf(run: Run, env: NodeJS.ProcessEnv, folder: string): Dconf {
  const dconf = async (args: readonly string[], signal: AbortSignal, input = '') => {
    const { code, stdout, stderr } = await run('dconf', args, { signal, env, input });
    if (code === 0) return stdout;
    throw new SystemProxyError(
      /non-writable|not writable/i.test(stderr) ? 'system-proxy-denied' : 'system-proxy-failed',
      `dconf ${args[0]}`,
    );
  };
  const names = async (signal: AbortSignal) => parseNames(await dconf(['dump', folder], signal));
  return {
    names,
    async writeAtOnce(changes, signal) {
      const values = Object.values(changes);
      if (values.length === 0) return true;
      const isAll = async () => [...(await names(signal))].every((name) => Object.hasOwn(changes, name));
      if (values.every((value) => value === null) && (await isAll())) await dconf(['reset', '-f', folder], signal);
      else if (values.includes(null)) return false;
      else await dconf(['load', folder], signal, printKeyFile(changes));
      return true;
    },
  };
}

/** Rejects as the first one did that failed, but only once none is under way any more. */
export async function allEnded(work: readonly Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(work)) if (outcome.status === 'rejected') throw outcome.reason;
}

/** `[http]`, then `host='127.0.0.1'`; `[/]` is the folder itself. */
function printKeyFile(settings: Settings): string {
  const lines = Object.entries(settings).map(([name, value]) => {
    const [key, group = '/'] = name.split('/').reverse();
    return `[${group}]\n${key}=${value}\n`;
  });
  return lines.join('');
}

function parseNames(keyFile: string): Set<string> {
  const names = new Set<string>();
  let group = '';
  for (const line of keyFile.split('\n')) {
    const header = /^\[(.*)\]$/.exec(line)?.[1];
    const key = /^([\w-]+)=/.exec(line)?.[1];
    if (header !== undefined) group = header === '/' ? '' : `${header}/`;
    else if (key !== undefined) names.add(group + key);
  }
  return names;
}
