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

/** The time that 16 KiB of a page over TLS take, as is known of a proxy after one client; undefined where nothing is. */
async function measured(behaviour: Behaviour, read: (secure: TLSSocket) => Promise<void>): Promise<number | undefined> {
  await using origin = await startServer((socket) => void socket.end(page), { certificate: serverCertificate });
  await using lab = await startLab([behaviour]);
  const [proxy] = lab.proxies;
  assert.ok(proxy);
  const entry = entryOf(proxy, 10);
  const proxies = new ProxyList(() => {});
  proxies.add([entry]);
  const warm = new WarmTunnels({ isActive: () => false, now: Date.now, onDoubt: () => {} });
  await using endpoint = await startEndpoint({ outbound: new Pool({ proxies, warm, now: Date.now, onDoubt: () => {} }) });
  const secure = connectTls({ socket: await openTunnel(endpoint, socks5, origin), servername: 'proxy.test' });
  await once(secure, 'secureConnect');
  await read(secure);
  secure.destroy();
  await until(() => endpoint.meter.connections === 0);
  return entry.record.transfer?.value;
}

const readPage = async (secure: TLSSocket) => assert.equal((await readAll(secure)).length, page.length);

test('a page over TLS through a narrow proxy and a wide one: each has its measure', async () => {
  const narrowMs = await measured({ bytesPerSecond: 64 * 1024 }, readPage);
  assert.ok(narrowMs !== undefined && narrowMs > 150, String(narrowMs)); // a quarter of a second, but for what comes with the head
  assert.ok((await measured({}, readPage)) !== undefined);
});

test('a page that is cut within a record counts against the proxy, unless its reader has left', async () => {
  const cut = { resetAfterBytes: 20_000 };
  assert.equal(await measured({ fault: cut }, async (secure) => void (await assert.rejects(readAll(secure)))), 15_000);
  const leave = async (secure: TLSSocket) => {
    await once(secure, 'data');
    secure.destroy();
  };
  assert.equal(await measured({ bytesPerSecond: 16 * 1024 }, leave), undefined);
});
