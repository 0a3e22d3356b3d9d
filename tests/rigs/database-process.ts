/**
 * Another process with the database open, for killing: `node database-process.ts FOLDER PREFIX BATCHES`. Prints `open`, then adds batches of
 * links one after the other and prints the number of each once it is reported as stored; then stays until its input ends.
 */
import { writeSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { openDatabase } from '../../main/engine/database.ts';
import { batchOfLinks } from './batch-of-links.ts';
import { platformOn } from './data-folder.ts';

const [folder = '', prefix = '', batches = '0'] = process.argv.slice(2);
const database = openDatabase(platformOn(folder));
process.stdin.on('end', () => process.exit()).resume();
writeSync(1, 'open\n');
for (let batch = 0; batch < Number(batches); batch++) {
  database.addProxies(batchOfLinks(prefix, batch));
  writeSync(1, `${batch}\n`);
  await setImmediate();
}
