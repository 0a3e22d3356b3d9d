import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { TLSSocket } from 'node:tls';
import type { Outbound } from '../../main/engine/outbound.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import {
  expiredCertificate,
  namelessCertificate,
  otherNameCertificate,
  serverCertificate,
  strangerCertificate,
  trustTestAuthority,
} from '../rigs/certificates.ts';
import { defineWay, echoes, failure, outboundTo, secretLogin, soon } from '../rigs/connecting.ts';
import { startHttpProxy } from '../rigs/http-proxy.ts';
import { startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho } from '../rigs/origin.ts';
import { startTrojan } from '../rigs/trojan-server.ts';

assertNothingLeftOpen();

const destination = { host: 'origin.test', port: 80 };

trustTestAuthority();

test('an authority that nobody knows is refused, and the login is not sent', async () => {
  await using proxy = await startHttpProxy({ certificate: strangerCertificate });
  const error = await failure(outboundTo('https', proxy, secretLogin), destination);
  assert.equal(error.code, 'proxy-certificate');
  assert.deepEqual(proxy.asked, []);
  await proxy.empty();
});

test('with the authority trusted', async (context) => {
  await context.test('a certificate that is over, for another name or for none is refused', async () => {
    for (const certificate of [expiredCertificate, otherNameCertificate, namelessCertificate]) {
      await using proxy = await startHttpProxy({ certificate });
      const error = await failure(outboundTo('https', proxy, secretLogin), destination);
      assert.equal(error.code, 'proxy-certificate');
      await proxy.empty();
    }
  });

  await context.test('a link may say which name the certificate has, where that is not the one that is asked for', async () => {
    await using origin = await startEcho();
    await using proxy = await startTrojan({ username: 'pw', certificate: otherNameCertificate });
    const outbound = (query: Readonly<Record<string, string>>) =>
      outboundTo({ scheme: 'trojan', login: { username: 'pw', password: '' }, query: { sni: 'proxy.test', ...query } }, proxy);
    const stream = await outbound({ vcn: 'nobody.test,other.test' }).connect(origin, soon());
    await echoes(stream);
    stream.destroy();
    for (const query of [{}, { vcn: 'nobody.test' }]) assert.equal((await failure(outbound(query), destination)).code, 'proxy-certificate');
    await proxy.empty();
  });

  await context.test('a link to an HTTPS proxy may say its name, its certificate, or that nothing is checked', async () => {
    await using origin = await startEcho();
    const pin = new X509Certificate(otherNameCertificate.cert).fingerprint256;
    for (const query of [{ sni: 'other.test' }, { pcs: pin }, { allowInsecure: '1' }]) {
      await using proxy = await startHttpProxy({ certificate: otherNameCertificate });
      const stream = await outboundTo({ scheme: 'https', query }, proxy).connect(origin, soon());
      await echoes(stream);
      stream.destroy();
      const wrong = { sni: 'another.test', ...('pcs' in query && { pcs: pin.replace(/^../, '00') }) };
      assert.equal((await failure(outboundTo({ scheme: 'https', query: wrong }, proxy), destination)).code, 'proxy-certificate');
      assert.equal(defineWay({ scheme: 'https', query }, proxy).insecure, 'allowInsecure' in query);
    }
  });

  await context.test('the name goes in the open only where it is a name, and only HTTP/1.1 is offered', async () => {
    await using origin = await startEcho();
    const seen: unknown[] = [];
    await using proxy = await startServer(
      async (socket) => {
        assert.ok(socket instanceof TLSSocket);
        seen.push([socket.servername, socket.alpnProtocol]);
        socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      },
      { certificate: serverCertificate },
    );
    for (const host of ['localhost', '127.0.0.1']) {
      assert.equal((await failure(outboundTo('https', { host, port: proxy.port }), origin)).code, 'destination-forbidden');
    }
    assert.deepEqual(seen, [
      ['localhost', 'http/1.1'],
      [false, 'http/1.1'],
    ]);
  });

  await context.test('a link may say what is offered; else it is what browsers offer', async () => {
    const offered: string[] = [];
    const { cert, key } = serverCertificate;
    const ALPNCallback = ({ protocols }: { protocols: string[] }) => void offered.push(protocols.join());
    await using proxy = await startServer(async (client) => {
      await once(
        new TLSSocket(client, { isServer: true, cert, key, ALPNCallback }).on('error', () => {}),
        'close',
      );
    });
    for (const query of [{}, { alpn: 'http/1.1' }, { alpn: 'h2,x' }]) {
      const way = { scheme: 'trojan', login: { username: 'pw', password: '' }, query };
      await assert.rejects(outboundTo(way, proxy).connect(destination, soon()));
    }
    assert.deepEqual(offered, ['h2,http/1.1', 'http/1.1', 'h2,x']);
  });

  await context.test('a proxy that does not speak TLS is not one', async () => {
    await using proxy = await startServer((socket) => void socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    assert.equal((await failure(outboundTo('https', proxy), destination)).code, 'proxy-protocol');
    await proxy.empty();
  });

  await context.test('TLS over a stream that is not a socket closes with it, and it with TLS', async () => {
    await using origin = await startEcho();
    await using proxy = await startHttpProxy({ certificate: serverCertificate });
    const below: Duplex[] = [];
    const via: Outbound = {
      label: 'wrapped',
      async connect(destination, signal) {
        const socket = await createDirect().connect(destination, signal);
        const stream = Duplex.from({ readable: socket, writable: socket }).on('error', () => {});
        below.push(stream);
        return stream;
      },
    };
    const outbound = outboundTo('https', proxy, undefined, via);
    for (const breaking of ['above', 'below']) {
      const stream = await outbound.connect(origin, soon());
      await echoes(stream, 'x'.repeat(100_000));
      if (breaking === 'above') stream.destroy();
      else below.at(-1)?.destroy();
      if (!stream.closed) await new Promise((closed) => stream.once('close', closed));
      await Promise.all([proxy.empty(), origin.empty()]);
    }
    assert.ok(below.every(({ destroyed }) => destroyed));
  });

  await context.test('TLS in TLS in a tunnel: two HTTPS proxies, one behind the other', async () => {
    await using origin = await startEcho();
    await using first = await startHttpProxy({ certificate: serverCertificate });
    await using second = await startHttpProxy({ certificate: serverCertificate });
    const chain = outboundTo('https', second, secretLogin, outboundTo('https', first));
    const stream = await chain.connect(origin, soon());
    await echoes(stream, 'x'.repeat(200_000));
    stream.destroy();
    await Promise.all([first.empty(), second.empty(), origin.empty()]);
  });
});
