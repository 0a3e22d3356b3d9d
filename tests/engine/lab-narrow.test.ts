import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { ProxyList } from '../../main/engine/proxy-list.ts';
import { Pool } from '../../main/engine/selection/pool.ts';
import { WarmTunnels } from '../../main/engine/selection/warm.ts';
import { serverCertificate, trustTestAuthority } from '../rigs/certificates.ts';
import { type Asking, openTunnel, protocolsOfInbound, startEndpoint } from '../rigs/endpoint.ts';
import { startLab } from '../rigs/lab.ts';
import { startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { entryOf } from '../rigs/proxy-entries.ts';
import { readAll } from '../rigs/streams.ts';

assertNothingLeftOpen();
trustTestAuthority();

const [socks5] = protocolsOfInbound as [Asking];
const page = Buffer.alloc(64 * 1024, 'x');

test('a page over TLS through a narrow proxy and a wide one: each has its measure', async () => {
  await using origin = await startServer((socket) => void socket.end(page), { certificate: serverCertificate });
  await using lab = await startLab([{ bytesPerSecond: 64 * 1024 }, {}]);
  for (const proxy of lab.proxies) {
    const entry = entryOf(proxy, 10);
    const proxies = new ProxyList(() => {});
    proxies.add([entry]);
    const warm = new WarmTunnels({ isActive: () => false, now: Date.now, onDoubt: () => {} });
    await using endpoint = await startEndpoint({ outbound: new Pool({ proxies, warm, now: Date.now, onDoubt: () => {} }) });
    const secure = connectTls({ socket: await openTunnel(endpoint, socks5, origin), servername: 'proxy.test' });
    await once(secure, 'secureConnect');
    assert.equal((await readAll(secure)).length, page.length);
    secure.destroy();
    const transferMs = entry.record.transfer?.value;
    assert.ok(transferMs !== undefined);
    if (proxy === lab.proxies[0]) assert.ok(transferMs > 150, String(transferMs)); // a quarter of a second, but for what comes with the head
  }
});
