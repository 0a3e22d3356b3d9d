import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BackendParts } from './backend.ts';
import { writeWhole } from './journal.ts';
import { configFolder, homeOf, windowsProgram } from './places.ts';
import type { StartCommand } from './start-command.ts';
import { agentLabel, printCommandLine, printDesktopEntry, printLaunchAgent } from './start-entry-forms.ts';
import { SystemProxyError } from './system-proxy-error.ts';

/** What the session of this user starts at its next login. It is there while the switch is on: the power may fail, and no watchdog be left. */
export interface StartEntry {
  /** What the journal calls it: a file, or on Windows the name of a value. */
  readonly place: string;
  /** Whether there is one now, as far as that can be told at once. */
  isLeft(): boolean;
  /** Resolves once it is on the disk. Rejects with SystemProxyError: somebody else decides what starts here, or the command cannot be said. */
  write(command: StartCommand, signal: AbortSignal): Promise<void>;
  /** Never rejects: one that stays finds nothing to restore. */
  remove(signal: AbortSignal): Promise<void>;
}

const runOnceKey = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\RunOnce';

/** The one of this system, or the one that a journal names. */
export function findStartEntry(parts: BackendParts, place = usualPlace(parts)): StartEntry {
  if (parts.platform === 'win32') return createRunOnce(parts, place);
  return createFile(place, parts.platform === 'darwin' ? printLaunchAgent : printDesktopEntry);
}

/**
 * Linux: the Desktop Application Autostart Specification. Windows: with the exclamation mark the value goes only after the command has run,
 * so that a second failure of the power in the middle of it does no harm; nobody starts it in safe mode, where it waits for the next login.
 */
function usualPlace({ platform, env }: BackendParts): string {
  if (platform === 'win32') return '!Paperplane';
  if (platform === 'darwin') return join(homeOf(env), 'Library/LaunchAgents', `${agentLabel}.plist`);
  return join(configFolder(env), 'autostart/paperplane-restore.desktop');
}

function createFile(place: string, print: (command: StartCommand) => string): StartEntry {
  return {
    place,
    isLeft: () => existsSync(place),
    async write(command) {
      const text = print(command);
      try {
        await mkdir(dirname(place), { recursive: true, mode: 0o700 });
        await writeWhole(place, text);
      } catch (error) {
        throw new SystemProxyError('system-proxy-failed', `start entry: ${(error as NodeJS.ErrnoException).code}`);
      }
    },
    remove: () => rm(place, { force: true }).catch(() => undefined),
  };
}

function createRunOnce({ run, env }: BackendParts, place: string): StartEntry {
  const reg = (args: readonly string[], signal: AbortSignal) => run(windowsProgram(env, 'reg.exe'), args, { env, signal });
  return {
    place,
    isLeft: () => false, // Windows itself removes it after the next login
    async write(command, signal) {
      const { code } = await reg(['add', runOnceKey, '/v', place, '/t', 'REG_SZ', '/d', printCommandLine(command), '/f'], signal);
      if (code !== 0) throw new SystemProxyError('system-proxy-failed', `start entry: reg add ${code}`);
    },
    async remove(signal) {
      await reg(['delete', runOnceKey, '/v', place, '/f'], signal).catch(() => undefined);
    },
  };
}
