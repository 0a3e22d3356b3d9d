/**
 * What v2ray's filter against repeated requests does to a person's connection. The filter now and then takes a new VMess request for a repeated one;
 * here a forwarder on the way makes one a repeated one indeed.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { SocksClient } from 'socks';
import type { Destination } from '../../main/engine/outbound.ts';
import { helloOf } from '../rigs/client-hello.ts';
import { defineWay } from '../rigs/connecting.ts';
import { startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho, startHttpOrigin } from '../rigs/origin.ts';
import { missing, temporaryFolder } from '../rigs/programs.ts';
import { startEngine, stateOf } from '../rigs/running-engine.ts';
import { join, readExactly } from '../rigs/streams.ts';
import { startV2ray, v2rayWay } from '../rigs/v2ray.ts';

assertNothingLeftOpen();

const authIdBytes = 16;

/** Leads to `target`. After `repeatNext()` one connection says who asks, and when, in the very bytes of the one before it. */
async function startRepeating(target: Destination) {
  let before: Buffer = Buffer.alloc(0);
  let isRepeating = false;
  const rig = await startServer(async (client) => {
    const authId = await readExactly(client, authIdBytes);
    const server = net.connect({ ...target, allowHalfOpen: true, noDelay: true }).on('error', () => client.destroy());
    client.once('close', () => server.destroy());
    server.write(isRepeating ? before : authId);
    [before, isRepeating] = [authId, false];
    join(client, server);
  });
  const repeatNext = () => {
    isRepeating = true;
  };
  return Object.assign(rig, { repeatNext });
}

test('a TLS connection that it drops is made again, whether it closes at once or falls silent', { skip: missing('v2ray') }, async (t) => {
  await using folder = await temporaryFolder();
  await using origin = await startHttpOrigin();
  await using echo = await startEcho();
  await using v2ray = await startV2ray(folder.path, 'vmess', 'tcp');
  await using repeating = await startRepeating(v2ray);
  await using engine = await startEngine(t, { probe: origin.url });
  await engine.commands.importText({ text: defineWay(v2rayWay('vmess', 'tcp'), repeating).link });
  const { endpoint } = await stateOf(engine, ({ status }) => status === 'ready');
  assert.ok(endpoint);
  // It reads on until it has some 100 to 3,400 bytes, as it has chosen when it started, and closes then.
  for (const helloBytes of [4000, 100]) {
    const hello = helloOf(helloBytes);
    const { socket } = await SocksClient.createConnection({ proxy: { ...endpoint, type: 5 }, command: 'connect', destination: echo });
    repeating.repeatNext();
    socket.on('error', () => {}).write(hello);
    assert.ok(hello.equals(await readExactly(socket, hello.length)));
    socket.destroy();
  }
  const log = await readFile(path.join(folder.path, `v2ray-${v2ray.port}.log`), 'utf8');
  assert.equal(log.match(/replayed request/g)?.length, 2, log);
});
