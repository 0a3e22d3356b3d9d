import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bypassPattern, type SystemProxyOptions } from '../../preload/system-proxy.ts';
import { writeWhole } from './journal.ts';

/** This computer and the local network stay reachable: printers, routers, shared folders. */
export const firstOptions: SystemProxyOptions = {
  bypass: ['localhost', '127.0.0.0/8', '::1', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', 'fe80::/10', '*.local'],
  pac: false,
  neverDirect: true,
  reapply: false,
};

const pathIn = (folder: string) => join(folder, 'system-proxy-options.json');

/** What is missing or makes no sense is as at the first start. Never rejects. */
export async function readOptions(folder: string): Promise<SystemProxyOptions> {
  const read: unknown = await readFile(pathIn(folder), 'utf8')
    .then(JSON.parse)
    .catch(() => ({}));
  const given = (typeof read === 'object' && read !== null ? read : {}) as Partial<Record<keyof SystemProxyOptions, unknown>>;
  const flag = (name: 'pac' | 'neverDirect' | 'reapply') => (typeof given[name] === 'boolean' ? given[name] : firstOptions[name]);
  const isEntry = (entry: unknown): entry is string => typeof entry === 'string' && bypassPattern.test(entry);
  return {
    bypass: Array.isArray(given.bypass) ? given.bypass.filter(isEntry) : firstOptions.bypass,
    pac: flag('pac'),
    neverDirect: flag('neverDirect'),
    reapply: flag('reapply'),
  };
}

export async function writeOptions(folder: string, options: SystemProxyOptions): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeWhole(pathIn(folder), `${JSON.stringify(options, null, 2)}\n`);
}
