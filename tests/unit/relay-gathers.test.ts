import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { relay } from '../../main/engine/relay.ts';

test('what comes in one turn is written at once, also before an end', async () => {
  const writes: string[] = [];
  const client = new Duplex({
    read() {},
    writev(chunks, done) {
      writes.push(Buffer.concat(chunks.map(({ chunk }) => chunk)).toString());
      done();
    },
  });
  const remote = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const over = relay(client, remote, { upBytes: 0, downBytes: 0, connections: 0 });
  await new Promise(setImmediate);
  for (const piece of ['a', 'b', 'c']) remote.emit('data', Buffer.from(piece));
  await new Promise(setImmediate);
  assert.deepEqual(writes, ['abc']);
  for (const piece of ['d', 'e']) remote.push(piece);
  remote.push(null);
  client.push(null);
  await over;
  assert.equal(writes.join(''), 'abcde');
});
