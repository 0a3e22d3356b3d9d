/** Plain http:// requests that the endpoint refuses, and clients that stop or go. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { failingOutbound, openTunnel, protocolsOfInbound, silentOutbound, startEndpoint } from '../rigs/endpoint.ts';
import { startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho } from '../rigs/origin.ts';
import { get, ok, readAnswer, startOrigin, status } from '../rigs/raw-http.ts';
import { readAll, readUntil } from '../rigs/streams.ts';
import { until } from '../rigs/until.ts';

assertNothingLeftOpen();

describe('refusals', () => {
  test('requests that a web page could send reach nothing', async () => {
    await using endpoint = await startEndpoint();
    for (const target of ['/', '/pac', '*', 'https://origin.test/', 'ftp://origin.test/']) {
      const client = await endpoint.open(`GET ${target} HTTP/1.1\r\nHost: origin.test\r\nOrigin: http://evil.test\r\n\r\n`);
      const { head, body } = await readAnswer(client);
      assert.match(head, /^HTTP\/1.1 400 Bad Request\r\n/);
      assert.doesNotMatch(head, /access-control/i);
      assert.match(body, /^This is a proxy, not a web site/);
    }
    assert.deepEqual(endpoint.asked, []);
  });

  test('what can be read in two ways is a 400', async () => {
    await using endpoint = await startEndpoint();
    const host = 'Host: origin.test\r\n';
    for (const headers of [
      `${host}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n`,
      `${host}Content-Length: 5\r\nContent-Length: 6\r\n`,
      `${host}Transfer-Encoding: gzip, chunked\r\n`,
      `${host}${host}`,
      'Host: other.test\r\n',
      `${host} folded: 1\r\n`,
      '',
    ]) {
      const client = await endpoint.open(`POST http://origin.test/ HTTP/1.1\r\n${headers}\r\n`);
      assert.match(await status(client), /^400 /, headers);
      client.destroy();
    }
    assert.deepEqual(endpoint.asked, []);
  });

  test('one to switch protocols that was sent ahead waits until the one before is refused', async () => {
    await using origin = await startOrigin(ok('not switched'));
    await using endpoint = await startEndpoint();
    const switching = get(origin.port).replace('\r\n\r\n', '\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    const client = await endpoint.open(`GET / HTTP/1.1\r\nHost: origin.test\r\n\r\n${switching}`);
    assert.match((await readAnswer(client)).head, /^HTTP\/1.1 400 /);
    assert.equal((await readAnswer(client)).body, 'not switched');
  });

  test('with a login nothing goes without it, and the connection stays for another try', async () => {
    await using origin = await startOrigin(ok('in'));
    await using endpoint = await startEndpoint({ login: { username: 'üser', password: 'p:w' } });
    const client = await endpoint.open();
    for (const wrong of ['', 'Proxy-Authorization: Basic dTp4\r\n', 'Authorization: Basic w7xzZXI6cDp3\r\n']) {
      client.write(get(origin.port).replace('\r\n\r\n', `\r\n${wrong}\r\n`));
      const { head } = await readAnswer(client);
      assert.match(head, /^HTTP\/1.1 407 Proxy Authentication Required\r\n/);
      assert.match(head, /\r\nProxy-Authenticate: Basic realm="Paperplane", charset="UTF-8"\r\n/);
    }
    const [, , connect] = protocolsOfInbound;
    assert.ok(connect);
    assert.match(
      (await readAll(await endpoint.open(connect.ask({ host: 'origin.test', port: origin.port }).bytes))).toString(),
      /^HTTP\/1.1 407 /,
    );
    assert.deepEqual(endpoint.asked, []);
    client.write(
      get(origin.port).replace('\r\n\r\n', `\r\nProxy-Authorization: basic ${Buffer.from('üser:p:w').toString('base64')}\r\n\r\n`),
    );
    assert.equal((await readAnswer(client)).body, 'in');
  });

  test('a failure to connect has its status and says what to do, and the connection stays', async () => {
    for (const [code, expected] of [
      ['no-proxies', '503 Service Unavailable'],
      ['destination-refused', '502 Bad Gateway'],
      ['destination-timeout', '504 Gateway Timeout'],
      ['destination-forbidden', '403 Forbidden'],
    ] as const) {
      await using endpoint = await startEndpoint({ outbound: failingOutbound(code) });
      const client = await endpoint.open(get(80));
      for (const more of [get(80), '']) {
        const { head, body } = await readAnswer(client);
        assert.ok(head.startsWith(`HTTP/1.1 ${expected}\r\n`), head);
        assert.match(body, new RegExp(`\\(${code}\\)\n$`));
        client.write(more);
      }
    }
  });

  test('a refusal is read although a large body is still on its way', async () => {
    await using endpoint = await startEndpoint({ outbound: failingOutbound('no-proxies') });
    const client = await endpoint.open(`PUT http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\nContent-Length: 5000000\r\n\r\n`);
    client.write(Buffer.alloc(5_000_000));
    assert.match((await readAnswer(client)).head, /^HTTP\/1.1 503 /);
    client.write(get(80));
    assert.match((await readAnswer(client)).head, /^HTTP\/1.1 503 /);
  });

  test('refuses port 0 and a way back to itself', async () => {
    await using endpoint = await startEndpoint();
    assert.match(await status(await endpoint.open(get(0))), /^400 /);
    assert.match(await status(await endpoint.open(get(endpoint.port).replaceAll('origin.test', 'localhost'))), /^403 /);
    assert.deepEqual(endpoint.asked, []);
  });
});

describe('clients', () => {
  test('one that goes while it waits takes its connection along', async () => {
    const outbound = silentOutbound();
    await using endpoint = await startEndpoint({ outbound });
    const client = await endpoint.open(get(80));
    const signal = await outbound.waiting;
    client.destroy();
    if (!signal.aborted) await once(signal, 'abort');
  });

  test('one that goes before there is an answer takes its connection along', async () => {
    await using origin = await startServer((socket) => void socket.resume().once('end', () => socket.end()));
    await using endpoint = await startEndpoint();
    const client = await endpoint.open(get(origin.port));
    await until(() => origin.open > 0);
    client.destroy();
    await origin.empty();
  });

  test('one that goes during an answer or a body takes its connection along', async () => {
    await using origin = await startOrigin(async (_head, socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello');
      await new Promise((resolve) => socket.resume().once('end', resolve).once('close', resolve));
      return '';
    });
    await using endpoint = await startEndpoint();
    const client = await endpoint.open(get(origin.port));
    await readUntil(client, 'hello');
    client.destroy();
    await origin.empty();
    const sending = await endpoint.open(get(origin.port).replace('GET', 'PUT').replace('\r\n\r\n', '\r\nContent-Length: 500\r\n\r\n'));
    await readUntil(sending, 'hello');
    sending.resetAndDestroy();
    await origin.empty();
  });

  test('one that says nothing after its answer is cut, and so is one that stops within a head', async () => {
    await using origin = await startOrigin(ok('one'));
    await using endpoint = await startEndpoint({ handshakeTimeoutMs: 50 });
    for (const more of ['', 'GET http://or']) {
      const client = await endpoint.open(get(origin.port));
      await readAnswer(client);
      client.write(more);
      await readAll(client);
      client.destroy();
    }
  });

  test('one that waits between requests does not hold up the close', async () => {
    await using origin = await startOrigin(ok('one'));
    await using endpoint = await startEndpoint();
    const client = await endpoint.open(get(origin.port));
    await readAnswer(client);
    await endpoint.inbound.close(60_000);
  });

  test('a tunnel and a request under way are drained', async () => {
    const gate = Promise.withResolvers<void>();
    await using origin = await startOrigin(async () => {
      await gate.promise;
      return ok('late');
    });
    await using echo = await startEcho();
    await using endpoint = await startEndpoint();
    const [, , connect] = protocolsOfInbound;
    assert.ok(connect);
    const tunnel = await openTunnel(endpoint, connect, { host: 'origin.test', port: echo.port });
    const client = await endpoint.open(get(origin.port));
    await until(() => origin.heads.length > 0);
    const closed = endpoint.inbound.close(60_000);
    gate.resolve();
    assert.equal((await readAnswer(client)).body, 'late');
    tunnel.end('x');
    assert.equal((await readAll(tunnel)).toString(), 'x');
    client.end();
    await closed;
  });
});
