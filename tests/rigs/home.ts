import { mkdir, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { temporaryFolder } from './programs.ts';

/** A person's home and the folder /etc of a computer, with these files: `home/.profile`, `etc/environment`. It goes away with the test. */
export async function startHome(files: Readonly<Record<string, string>> = {}) {
  const folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  for (const [name, text] of Object.entries({ 'home/.hushlogin': '', ...files })) {
    await mkdir(dirname(at(name)), { recursive: true });
    await writeFile(at(name), text);
  }
  return { ...folder, at, folders: { home: at('home'), config: at('home/.config'), etc: at('etc') } };
}

const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);

/** Why a diagnosis cannot find everything well here, or false: that there is no network is a finding too. */
export const noNetwork: string | false = addresses.every(({ internal }) => internal) && 'this computer has no network';
