import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { ProxyList } from '../../main/engine/proxy-list.ts';
import { Pool } from '../../main/engine/selection/pool.ts';
import { WarmTunnels } from '../../main/engine/selection/warm.ts';
import { serverCertificate, trustTestAuthority } from '../rigs/certificates.ts';
import { type Asking, openTunnel, protocolsOfInbound, startEndpoint } from '../rigs/endpoint.ts';
import { startLab } from '../rigs/lab.ts';
import type { Behaviour } from '../rigs/lab-connection.ts';
import { startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { entryOf } from '../rigs/proxy-entries.ts';
import { readAll } from '../rigs/streams.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();
trustTestAuthority();

const [socks5] = protocolsOfInbound as [Asking];
const page = Buffer.alloc(64 * 1024, 'x');

/** One proxy of the lab behind an endpoint, and a site that has two names. */
async function startWay(behaviour: Behaviour) {
  const stack = new AsyncDisposableStack();
  const origin = stack.use(await startServer((socket) => void socket.end(page), { certificate: serverCertificate }));
  const [proxy] = stack.use(await startLab([behaviour])).proxies;
  assert.ok(proxy);
  const entry = entryOf(proxy, 10);
  const proxies = new ProxyList(() => {});
  proxies.add([entry]);
  const warm = new WarmTunnels({ isActive: () => false, now: Date.now, onDoubt: () => {} });
  const clock = { now: Date.now() };
  const endpoint = stack.use(await startEndpoint({ outbound: new Pool({ proxies, warm, now: () => clock.now, onDoubt: () => {} }) }));
  return {
    clock,
    transferMs: () => entry.record.transfer?.value,
    async visit(host: string, read: (secure: TLSSocket) => Promise<void>) {
      const secure = connectTls({ socket: await openTunnel(endpoint, socks5, { host, port: origin.port }), servername: 'proxy.test' });
      await once(secure, 'secureConnect');
      await read(secure);
      secure.destroy();
      await until(() => endpoint.meter.connections === 0);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

const readPage = async (secure: TLSSocket) => assert.equal((await readAll(secure)).length, page.length);

test('a page over TLS through a narrow proxy and a wide one: each has its measure', async () => {
  await using narrow = await startWay({ bytesPerSecond: 64 * 1024 });
  await narrow.visit('origin.test', readPage);
  const narrowMs = narrow.transferMs();
  assert.ok(narrowMs !== undefined && narrowMs > 150, String(narrowMs)); // a quarter of a second, but for what comes with the head
  await using wide = await startWay({});
  await wide.visit('origin.test', readPage);
  assert.ok(wide.transferMs() !== undefined);
});

test('pages of two sites that are cut within a record count against the proxy', async () => {
  await using way = await startWay({ fault: { resetAfterBytes: 20_000 } });
  const readCut = async (secure: TLSSocket) => void (await assert.rejects(readAll(secure)));
  await way.visit('origin.test', readCut);
  assert.equal(way.transferMs(), undefined);
  way.clock.now += 10_000;
  await way.visit('proxy.test', readCut);
  assert.equal(way.transferMs(), 15_000);
});

test('pages whose reader has left do not', async () => {
  await using way = await startWay({ bytesPerSecond: 16 * 1024 });
  for (const host of ['origin.test', 'proxy.test']) {
    await way.visit(host, async (secure) => void (await once(secure, 'data')));
    way.clock.now += 10_000;
  }
  assert.equal(way.transferMs(), undefined);
});
