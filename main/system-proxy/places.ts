/** Where systems keep what belongs to them or to a person. Pure. */
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export const homeOf = (env: NodeJS.ProcessEnv): string => env.HOME || homedir();

/** Programs' settings, by the XDG Base Directory Specification, which wants a relative path ignored. */
export const configFolder = (env: NodeJS.ProcessEnv, home = homeOf(env)): string => {
  const xdg = env.XDG_CONFIG_HOME;
  return xdg && isAbsolute(xdg) ? xdg : join(home, '.config');
};

/** A program of Windows itself, by its full path, so that none of this name elsewhere is run. */
export const windowsProgram = (env: NodeJS.ProcessEnv, name: string): string =>
  `${env.SystemRoot ?? env.windir ?? 'C:\\Windows'}\\System32\\${name}`;
