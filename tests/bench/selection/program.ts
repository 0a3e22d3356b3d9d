import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startHeadless } from '../../rigs/headless.ts';
import type { Rig } from '../../rigs/loopback-server.ts';

export interface Observation {
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
  readonly rssMb: number;
}

const observer = pathToFileURL(join(import.meta.dirname, 'observe.ts'));

/** The real program with these links, which it imports once it listens; it tests them with the site. */
export async function startProgram(links: readonly string[], site: Rig) {
  const probe = `http://${site.host}:${site.port}/generate_204`;
  const options = { input: links.join('\n'), env: { NODE_OPTIONS: `--import=${observer}` } };
  const headless = await startHeadless(['--import', '-', '--probe', probe], options);
  const endpoint = await headless.endpoint();
  return {
    pid: headless.pid,
    endpoint,
    importedAt: performance.now(), // it begins when the program listens
    state: headless.state,
    imported: () => headless.event('imported'),
    /** What the program last told of itself. */
    observed(): Observation | undefined {
      const line = headless.stderr().trimEnd().split('\n').at(-1);
      return line?.startsWith('{') ? JSON.parse(line) : undefined;
    },
    [Symbol.asyncDispose]: headless[Symbol.asyncDispose],
  };
}
export type Program = Awaited<ReturnType<typeof startProgram>>;
