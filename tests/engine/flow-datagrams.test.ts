/** A stream for each destination: when one is opened, and when one is closed. */
import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { openFlowDatagrams } from '../../main/engine/outbounds/flow-datagrams.ts';
import { createTrojanDatagrams } from '../../main/engine/outbounds/trojan-datagrams.ts';
import { soon } from '../rigs/connecting.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

/** Flows that take everything and are never answered. */
function createFlows() {
  const opened: { readonly port: number; readonly stream: Duplex }[] = [];
  const openFlow = async ({ port }: { port: number }) => {
    const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    opened.push({ port, stream });
    return stream;
  };
  return { opened, openFlow };
}

test('a flow in which nothing comes or goes is closed, and the next datagram opens another', async () => {
  const { opened, openFlow } = createFlows();
  const way = await openFlowDatagrams(openFlow, { longestBytes: 100, idleMs: 20 }, soon());
  const send = () => way.send({ host: 'origin.test', port: 1 }, Buffer.from('x'));
  send();
  await until(() => opened[0]?.stream.destroyed === true);
  send();
  await until(() => opened.length === 2);
  way.close();
  assert.ok(opened.every(({ stream }) => stream.destroyed));
});

test('of 256 flows the oldest gives way to a new one', async () => {
  const { opened, openFlow } = createFlows();
  const way = await openFlowDatagrams(openFlow, { longestBytes: 100 }, soon());
  for (let port = 1; port <= 257; port++) way.send({ host: 'origin.test', port }, Buffer.from('x'));
  await until(() => opened.length === 257);
  assert.deepEqual(
    opened.filter(({ stream }) => stream.destroyed).map(({ port }) => port),
    [1],
  );
  way.close();
});

test('a way of Trojan closes with what is no datagram', async () => {
  const address = Buffer.of(1, 127, 0, 0, 1, 0, 80);
  for (const garbage of [Buffer.alloc(20, 9), Buffer.concat([address, Buffer.from('\0\x01no')])]) {
    const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    const way = createTrojanDatagrams(stream);
    const closed = new Promise<void>((resolve) => way.onClose(resolve));
    way.onMessage(() => assert.fail('heard'));
    stream.push(garbage);
    await closed;
  }
});
