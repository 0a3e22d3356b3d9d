import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { test } from 'node:test';
import { createServer, type SecureVersion } from 'node:tls';
import type { Outbound } from '../../main/engine/outbound.ts';
import { createTls } from '../../main/engine/transports/tls.ts';
import { type Certificate, expiredCertificate, otherNameCertificate, serverCertificate, trustTestAuthority } from '../rigs/certificates.ts';
import { failure, soon } from '../rigs/connecting.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { readExactly } from '../rigs/streams.ts';
import { wayTo } from '../rigs/way-to.ts';

assertNothingLeftOpen();
trustTestAuthority();

const versions: readonly SecureVersion[] = ['TLSv1.3', 'TLSv1.2'];
const destination = { host: 'proxy.test', port: 443 };

/** Greets with whether it knew the session. */
async function startGreeter({ cert, key }: Certificate, maxVersion: SecureVersion = 'TLSv1.3') {
  const server = createServer({ cert, key, maxVersion }, (socket) => {
    socket.on('error', () => {}).end(socket.isSessionReused() ? 'known' : 'fresh');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => void (await once(server.close(), 'close')),
  };
}

async function greeting(outbound: Outbound, to = destination): Promise<string> {
  const stream: Duplex = await outbound.connect(to, soon());
  const text = (await readExactly(stream, 5)).toString();
  stream.destroy();
  return text;
}

for (const version of versions) {
  test(`${version}: a session is taken up again, at the same address alone and with the same options alone`, async () => {
    await using server = await startGreeter(serverCertificate, version);
    const way = wayTo(server);
    const secure = createTls(way);
    assert.equal(await greeting(secure), 'fresh');
    assert.equal(await greeting(secure), 'known');
    assert.equal(await greeting(secure, { host: 'localhost', port: 443 }), 'fresh');
    assert.equal(await greeting(createTls(way)), 'fresh');
  });

  test(`${version}: a certificate that is refused is refused again`, async () => {
    for (const certificate of [otherNameCertificate, expiredCertificate]) {
      await using server = await startGreeter(certificate, version);
      const secure = createTls(wayTo(server));
      for (const _ of ['first', 'second', 'third']) assert.equal((await failure(secure, destination)).code, 'proxy-certificate');
    }
  });

  test(`${version}: who poses as the server of a session must show its certificate`, async () => {
    await using server = await startGreeter(serverCertificate, version);
    const way = wayTo(server);
    for (const certificate of [otherNameCertificate, expiredCertificate]) {
      const secure = createTls(way);
      way.server = server;
      assert.equal(await greeting(secure), 'fresh');
      await using other = await startGreeter(certificate, version);
      way.server = other;
      assert.equal((await failure(secure, destination)).code, 'proxy-certificate');
    }
  });

  test(`${version}: with a pin no session is taken up, so that there always is a certificate to compare`, async () => {
    await using server = await startGreeter(serverCertificate, version);
    const wrong = createTls(wayTo(server), { pins: ['00'.repeat(32)] });
    for (const _ of ['first', 'second', 'third']) assert.equal((await failure(wrong, destination)).code, 'proxy-certificate');
    const pins = [new X509Certificate(serverCertificate.cert).fingerprint256.replaceAll(':', '').toLowerCase()];
    const right = createTls(wayTo(server), { pins });
    assert.deepEqual([await greeting(right), await greeting(right)], ['fresh', 'fresh']);
  });
}
