/**
 * Run where it is alone with the computer (`unshare -mnr`): gives itself a name server that answers for some names and is silent about the others,
 * looks many of both up through `createNames`, and prints how many were found while those without an answer still wait, and whether a name that
 * leads elsewhere from the second time on is found there.
 */
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { endWith } from '../../main/cli/end-with.ts';
import { createNames } from '../../main/engine/outbounds/names.ts';
import { until } from './until.ts';

const [file = ''] = process.argv.slice(2);
writeFileSync(file, 'nameserver 127.0.0.53\n');
execFileSync('ip', ['link', 'set', 'lo', 'up']);
execFileSync('mount', ['--bind', file, '/etc/resolv.conf']);

const headerBytes = 12;
let asked = 0; // for the name that leads elsewhere
const server = createSocket('udp4').bind(53, '127.0.0.53');
await once(server, 'listening');
server.on('message', (query, { port, address }) => {
  if (query.includes('silent')) return;
  const isIPv4 = query.readUInt16BE(query.indexOf(0, headerBytes) + 1) === 1;
  const answer = Buffer.from(query.subarray(0, query.indexOf(0, headerBytes) + 5));
  answer.set([0x81, 0x80, 0, 1, 0, isIPv4 ? 1 : 0, 0, 0, 0, 0], 2); // RFC 1035, section 4.1.1: a response, one question, one answer or none
  const record = isIPv4
    ? Buffer.of(0xc0, headerBytes, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, query.includes('moved') && asked++ > 0 ? 2 : 1)
    : Buffer.alloc(0);
  server.send(Buffer.concat([answer, record]), port, address);
});

const fresh = createNames({ freshMs: -1 });
const find = () =>
  new Promise<string>(
    (resolve) => void fresh('moved.test', { all: true }, (_, found) => resolve((found as LookupAddress[])[0]?.address ?? '')),
  );
const [first, second] = [await find(), await find()]; // the second does not wait
await until(async () => (await find()) === '127.0.0.2');

const lookup = createNames();
const count = { found: 0, over: 0 };
for (let index = 0; index < 40; index++) {
  for (const kind of ['silent', 'found'] as const) {
    lookup(`${kind}-${index}.test`, { all: true }, (error) => {
      count.over++;
      if (error === null) count.found++;
    });
  }
}
await until(() => count.over >= 38); // two of them may wait behind the silent ones
console.log(JSON.stringify({ ...count, first, second }));
endWith(0);
