/** Plain http:// requests through the endpoint, from raw clients to raw origins: what counts is what is on the wire. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import type { Outbound, StreamOutcome } from '../../main/engine/outbound.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { type Endpoint, silentOutbound, startEndpoint } from '../rigs/endpoint.ts';
import type { Rig } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho } from '../rigs/origin.ts';
import { get, ok, readAnswer, startOrigin, status } from '../rigs/raw-http.ts';
import { readAll, readExactly, readUntil } from '../rigs/streams.ts';

assertNothingLeftOpen();

describe('requests', () => {
  test('several go over one connection, to different origins, as origin-form', async () => {
    await using one = await startOrigin(ok('one'));
    await using two = await startOrigin(ok('two'));
    await using endpoint = await startEndpoint();
    const client = await endpoint.open();
    for (const [origin, path, body] of [
      [one, '/a?b=c', 'one'],
      [two, '/', 'two'],
      [one, '/d', 'one'],
    ] as const) {
      client.write(get(origin.port, path));
      assert.equal((await readAnswer(client)).body, body);
      assert.equal(origin.heads.at(-1), `GET ${path} HTTP/1.1\r\nHost: origin.test:${origin.port}\r\nConnection: close\r\n\r\n`);
    }
    assert.deepEqual(
      endpoint.asked.map(({ host, port }) => [host, port]),
      [one, two, one].map(({ port }) => ['origin.test', port]),
    );
    await Promise.all([one.empty(), two.empty()]);
    assert.equal(endpoint.meter.connections, 0);
  });

  test('requests sent ahead are answered in their order, one after the other', async () => {
    await using origin = await startOrigin((head) => ok(head.split(' ')[1] ?? ''));
    await using endpoint = await startEndpoint();
    const client = await endpoint.open(['/1', '/2', '/3'].map((path) => get(origin.port, path)).join(''));
    for (const path of ['/1', '/2', '/3']) assert.equal((await readAnswer(client)).body, path);
  });

  test('who asks absurdly far ahead is cut off', async () => {
    await using endpoint = await startEndpoint({ outbound: silentOutbound() });
    const client = await endpoint.open(get(80).repeat(1000));
    await readAll(client).catch(() => {});
    assert.ok(endpoint.asked.length <= 1);
  });

  test('headers for the proxy and of the connection stay here', async () => {
    await using origin = await startOrigin(ok(''));
    await using endpoint = await startEndpoint({ login: { username: 'u', password: 'p' } });
    const login = `Proxy-Authorization: Basic ${Buffer.from('u:p').toString('base64')}`;
    const headers = `${login}\r\nProxy-Connection: keep-alive\r\nConnection: X-Hop\r\nX-Hop: 1\r\nCookie: a\r\nCOOKIE: b`;
    const client = await endpoint.open(
      `GET http://origin.test:${origin.port}/ HTTP/1.1\r\nHost: origin.test:${origin.port}\r\n${headers}\r\n\r\n`,
    );
    await readAnswer(client);
    assert.equal(
      origin.heads[0],
      `GET / HTTP/1.1\r\nHost: origin.test:${origin.port}\r\nCookie: a\r\nCOOKIE: b\r\nConnection: close\r\n\r\n`,
    );
  });

  test('bodies of a known length and in chunks arrive whole', async () => {
    await using origin = await startOrigin(async (head, socket) => {
      const body = /chunked/i.test(head) ? await readUntil(socket, '0\r\n\r\n') : (await readExactly(socket, 5)).toString();
      return ok(body);
    });
    await using endpoint = await startEndpoint();
    const start = `POST http://origin.test:${origin.port}/ HTTP/1.1\r\nHost: origin.test:${origin.port}\r\n`;
    const client = await endpoint.open(
      `${start}Content-Length: 5\r\n\r\nhello${start}Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n`,
      '2\r\nlo\r\n0\r\n\r\n',
    );
    assert.equal((await readAnswer(client)).body, 'hello');
    assert.equal((await readAnswer(client)).body.replace(/[\r\n0-9]/g, ''), 'hello');
    assert.equal(endpoint.meter.upBytes, 10);
    assert.ok(endpoint.meter.downBytes >= 10);
  });

  test("100-continue is the origin's to say", async () => {
    await using origin = await startOrigin(async (_head, socket) => {
      socket.write('HTTP/1.1 100 Continue\r\n\r\n');
      return ok((await readExactly(socket, 5)).toString());
    });
    await using refusing = await startOrigin('HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n');
    await using endpoint = await startEndpoint();
    const put = (port: number) =>
      `PUT http://origin.test:${port}/ HTTP/1.1\r\nHost: origin.test:${port}\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n`;
    const client = await endpoint.open(put(origin.port));
    assert.equal(await readUntil(client, '\r\n\r\n'), 'HTTP/1.1 100 Continue\r\n\r\n');
    client.write('hello');
    assert.equal((await readAnswer(client)).body, 'hello');
    assert.equal(await status(await endpoint.open(put(refusing.port))), '417 No');
  });

  test('a CONNECT may come after a request, with early data', async () => {
    await using origin = await startOrigin(ok('one'));
    await using echo = await startEcho();
    await using endpoint = await startEndpoint();
    const client = await endpoint.open(get(origin.port));
    await readAnswer(client);
    client.write(`CONNECT origin.test:${echo.port} HTTP/1.1\r\nHost: origin.test:${echo.port}\r\n\r\nearly`);
    assert.equal(await readUntil(client, '\r\n\r\n'), 'HTTP/1.1 200 Connection established\r\n\r\n');
    assert.equal((await readExactly(client, 5)).toString(), 'early');
    const much = Buffer.alloc(3_000_000, 'x');
    client.write(much);
    assert.deepEqual(await readExactly(client, 60_000), much.subarray(0, 60_000));
  });
});

describe('answers', () => {
  const through = async (endpoint: Endpoint, origin: Rig, method = 'GET') => {
    const client = await endpoint.open(get(origin.port).replace('GET', method));
    const head = await readUntil(client, '\r\n\r\n');
    return { client, head };
  };

  test('headers pass as they are, but for those of the connection', async () => {
    const headers = 'X-A: 1\r\nSet-Cookie: a\r\nset-cookie: b\r\nKeep-Alive: timeout=5\r\nConnection: X-B\r\nX-B: 2\r\nDate: never';
    await using origin = await startOrigin(`HTTP/1.1 299 Strange Words\r\n${headers}\r\nContent-Length: 0\r\n\r\n`);
    await using endpoint = await startEndpoint();
    const { head } = await through(endpoint, origin);
    assert.equal(
      head,
      'HTTP/1.1 299 Strange Words\r\nX-A: 1\r\nSet-Cookie: a\r\nset-cookie: b\r\nDate: never\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n',
    );
  });

  test('without a body none is waited for', async () => {
    await using none = await startOrigin('HTTP/1.1 204 No Content\r\n\r\n');
    await using unchanged = await startOrigin('HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n');
    await using head = await startOrigin('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n');
    await using endpoint = await startEndpoint();
    for (const [origin, method] of [
      [none, 'GET'],
      [unchanged, 'GET'],
      [head, 'HEAD'],
    ] as const) {
      const { client } = await through(endpoint, origin, method);
      client.write(get(none.port)); // the connection is good for another one
      assert.match(await readUntil(client, '\r\n\r\n'), /^HTTP\/1.1 204/);
    }
  });

  test('chunks pass, and an answer that ends with its connection becomes chunks', async () => {
    await using chunked = await startOrigin('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n');
    await using closing = await startOrigin('HTTP/1.0 200 OK\r\n\r\nhello');
    await using endpoint = await startEndpoint();
    for (const origin of [chunked, closing]) {
      const { client, head } = await through(endpoint, origin);
      assert.match(head, /\r\nTransfer-Encoding: chunked\r\n/);
      assert.equal(await readUntil(client, '0\r\n\r\n'), '5\r\nhello\r\n0\r\n\r\n');
    }
  });

  test('early hints pass', async () => {
    await using origin = await startOrigin(`HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n${ok('')}`);
    await using endpoint = await startEndpoint();
    const { client, head } = await through(endpoint, origin);
    assert.match(head, /^HTTP\/1.1 103 Early Hints\r\nLink: <\/a.css>; rel=preload\r\n/);
    assert.equal(await status(client), '200 OK');
  });

  test('an origin that says nothing but what comes before an answer is cut off', async () => {
    await using endpoint = await startEndpoint();
    for (const [interim, wanted] of [
      ['HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n', 20],
      ['HTTP/1.1 100 Continue\r\n\r\n', 20],
      ['HTTP/1.1 102 Processing\r\n\r\n', 0],
    ] as const) {
      await using origin = await startOrigin(interim.repeat(1000));
      const client = await endpoint.open(get(origin.port));
      for (let passed = 0; passed < wanted; passed++) assert.equal(await readUntil(client, '\r\n\r\n'), interim);
      assert.match(await status(client), /^502 /);
      await origin.empty();
    }
  });

  test('early hints that nobody understands pass too', async () => {
    await using endpoint = await startEndpoint();
    for (const link of ['nonsense', '', '<a>;a', `<a>;${'a='.repeat(4000)}"`]) {
      await using origin = await startOrigin(`HTTP/1.1 103 Early Hints\r\nLink: ${link}\r\n\r\n${ok('')}`);
      const { client, head } = await through(endpoint, origin);
      assert.equal(head, `HTTP/1.1 103 Early Hints\r\nLink: ${link}\r\n\r\n`);
      assert.equal(await status(client), '200 OK');
    }
  });

  test('it is told to the outbound how long one took, and of a request without one that it failed', async () => {
    const outcomes: StreamOutcome[] = [];
    await using origin = await startOrigin((head) => (head.startsWith('GET /none') ? '' : ok('here')));
    const outbound: Outbound = {
      ...createDirect(),
      connect: ({ port }, signal) => createDirect().connect({ host: '127.0.0.1', port }, signal),
      observe: (_, outcome) => outcomes.push(outcome),
    };
    await using endpoint = await startEndpoint({ outbound });
    for (const path of ['/', '/none']) await readAnswer(await endpoint.open(get(origin.port, path)));
    const [good, bad, ...others] = outcomes;
    assert.ok(good?.kind === 'first-byte' && good.ms >= 0);
    assert.deepEqual([bad, others], [{ kind: 'failed', code: 'proxy-closed' }, []]);
  });

  test('one that is cut short ends in a broken connection, not in a complete answer', async () => {
    await using origin = await startOrigin('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello');
    await using endpoint = await startEndpoint();
    const { client } = await through(endpoint, origin);
    assert.equal((await readAll(client)).toString(), 'hello');
    client.end();
    await once(client, 'close');
  });

  test('one that is none, or has an unknown coding, is a 502', async () => {
    await using endpoint = await startEndpoint();
    for (const answer of ['', 'nonsense\r\n\r\n', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n']) {
      await using origin = await startOrigin(answer);
      assert.match((await through(endpoint, origin)).head, /^HTTP\/1.1 502 /, answer);
    }
  });
});
