/** `npm run bench:system-proxy`: measures the switch for the whole system alone, and writes its section of docs/BENCHMARKS.md. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { measureSystemProxy, replaceSection } from './system-proxy.ts';

const file = join(import.meta.dirname, '../../docs/BENCHMARKS.md');

const section = await measureSystemProxy();
if (section === null) throw new Error('gsettings, dconf and dbus-daemon are needed');
await writeFile(file, replaceSection(await readFile(file, 'utf8'), section));
console.log(section);
