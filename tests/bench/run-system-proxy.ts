/** `npm run bench:system-proxy`: measures the switch for the whole system alone, and writes its section of docs/BENCHMARKS.md. */
import { writeSection } from './document.ts';
import { measureSystemProxy } from './system-proxy.ts';

const section = await measureSystemProxy();
if (section === null) throw new Error('gsettings, dconf and dbus-daemon are needed');
writeSection('The switch for the whole system', 'npm run bench:system-proxy', section);
