/** A program and its arguments, to be started by the session instead of by us. */
export interface StartCommand {
  readonly args: readonly string[];
  /** Whether the program is to be plain Node, with ELECTRON_RUN_AS_NODE in its environment. */
  readonly isNode: boolean;
}

export interface StartCommandParts {
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string; // the journal's
  readonly watchdog: string; // its file
  /** This program, from the beginning, with the option to restore and end. */
  readonly restoreCommand: readonly string[];
}

/** Third argument of a watchdog that has nobody to watch. */
export const atLogin = 'at-login';

/**
 * What restores at the next login: the watchdog, which needs neither a window nor a sandbox. Where no variable can be set (Windows), and where
 * its file will have another path (an AppImage, which is mounted anew each time), it is the whole program.
 */
export function startCommand({ platform, env, folder, watchdog, restoreCommand }: StartCommandParts): StartCommand {
  if (platform === 'win32') return { args: restoreCommand, isNode: false };
  const { APPIMAGE: image, APPDIR: mount } = env; // of another program, where this one was started from its terminal
  if (image && mount && process.execPath.startsWith(`${mount}/`)) return { args: [image, ...restoreCommand.slice(1)], isNode: false };
  return { args: [process.execPath, watchdog, folder, atLogin], isNode: true };
}
