/** A program with the switch that turns it on and off as fast as it can, until it is ended. Arguments: the folder of the journal. */
import { join } from 'node:path';
import { run } from '../../main/system-proxy/run.ts';
import { createSystemProxy } from '../../main/system-proxy/system-proxy.ts';

const proxy = createSystemProxy({
  folder: process.argv[2] ?? '',
  watchdog: join(import.meta.dirname, '../../main/system-proxy/watchdog.ts'),
  restoreCommand: [process.execPath, join(import.meta.dirname, '../../main/headless.ts'), '--restore-system-proxy'],
  endpoint: () => ({ host: '127.0.0.1', port: 2018 }),
  run,
  platform: process.platform,
  env: process.env,
  onChange: () => {},
  log: () => {},
});
await proxy.start();
process.stdout.write('started\n');
for (let on = true; ; on = !on) {
  await proxy.commands.setSystemProxy({ on });
  process.stdout.write(on ? 'on\n' : 'off\n');
}
