import assert from 'node:assert/strict';
import type { Outbound } from '../../main/engine/outbound.ts';
import { echoes, soon } from './connecting.ts';
import { startEcho, startSpeakFirst } from './origin.ts';
import { readExactly } from './streams.ts';

/** Fails unless the outbound carries much both ways, to a name and to an address, and what a destination says first. */
export async function carries(outbound: Outbound, hosts: readonly string[] = ['localhost', '127.0.0.1']): Promise<void> {
  await using origin = await startEcho();
  await using speaker = await startSpeakFirst('220 ready\r\n');
  for (const host of hosts) {
    const stream = await outbound.connect({ host, port: origin.port }, soon());
    await echoes(stream, 'x'.repeat(300_000));
    stream.destroy();
  }
  const greeted = await outbound.connect(speaker, soon());
  assert.equal((await readExactly(greeted, 11)).toString(), '220 ready\r\n');
  greeted.destroy();
}
