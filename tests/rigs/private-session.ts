import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { missing, temporaryFolder } from './programs.ts';

const runFile = promisify(execFile);

/** Why a session of this kind cannot be had here, or false. */
export const noSession = (...programs: string[]): string | false => missing('dbus-daemon', 'gsettings', 'dconf', ...programs);

export type PrivateSession = Awaited<ReturnType<typeof openSession>>;

/** The session of a person on a desktop: a home and a bus of its own, so that nobody's real settings are touched. */
export async function openSession(desktop: Readonly<Record<string, string>> = { XDG_CURRENT_DESKTOP: 'GNOME' }) {
  const folder = await temporaryFolder();
  const home = folder.path;
  const runtime = join(home, 'run');
  await mkdir(runtime, { mode: 0o700 });
  await mkdir(join(home, '.config'));
  const base = {
    PATH: `${join(home, 'bin')}:${process.env.PATH}`,
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local/share'),
    XDG_RUNTIME_DIR: runtime,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    ...desktop,
  };
  // The home must be there before the bus: what the bus starts inherits it.
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address'], { env: base, stdio: ['ignore', 'pipe', 'ignore'] });
  const address = createInterface({ input: bus.stdout });
  const [DBUS_SESSION_BUS_ADDRESS] = (await once(address, 'line')) as [string];
  address.close();
  bus.stdout.destroy();
  const env: NodeJS.ProcessEnv = { ...base, DBUS_SESSION_BUS_ADDRESS };
  const tool = async (command: string, ...args: string[]) => (await runFile(command, args, { env })).stdout;
  const endBus = async () => {
    if (bus.exitCode !== null || bus.signalCode !== null) return;
    const ended = once(bus, 'exit');
    bus.kill();
    await ended;
  };
  return {
    home,
    env,
    /** Where the journal of all Paperplanes of this person is. */
    folder: join(home, '.local/share/paperplane'),
    tool,
    gsettings: (...args: string[]) => tool('gsettings', ...args),
    /** Everything that was set, byte for byte. */
    dump: () => tool('dconf', 'dump', '/'),
    /** A program of this name that comes before the real one. */
    async replace(name: string, script: string) {
      const bin = join(home, 'bin');
      await mkdir(bin, { recursive: true });
      await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    },
    /** Sets these in dconf, by path below /system/proxy/, as GVariant text: one change, as a program would make it. */
    async set(settings: Readonly<Record<string, string>>) {
      const lines = Object.entries(settings).map(([name, value]) => {
        const [key, group = '/'] = name.split('/').reverse();
        return `[${group}]\n${key}=${value}\n`;
      });
      const loading = runFile('dconf', ['load', '/system/proxy/'], { env });
      loading.child.stdin?.end(lines.join(''));
      await loading;
    },
    /** As at the end of a session: the bus goes first. */
    endBus,
    async [Symbol.asyncDispose]() {
      await endBus();
      await folder[Symbol.asyncDispose]();
    },
  };
}
