import type { Login } from '../../main/engine/outbounds/definition.ts';
import { type Program, startProgram } from './programs.ts';

/** A plugin as a link names it, and the same as Debian's server wants it. */
export interface LibevPlugin {
  readonly link: string;
  readonly program: string;
  readonly options: string;
}

/** Debian's ss-server, TCP and UDP. */
export function startSsServer(folder: string, { username, password }: Login, plugin?: LibevPlugin): Promise<Program> {
  const behind = plugin ? ['--plugin', plugin.program, '--plugin-opts', plugin.options] : ['-u'];
  return startProgram(folder, 'ss-server', (port) => {
    return ['-s', '127.0.0.1', '-p', `${port}`, '-m', username, '-k', password, '-t', '60', ...behind];
  });
}
