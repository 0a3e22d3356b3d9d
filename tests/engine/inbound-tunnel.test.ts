/** What the endpoint does for a tunnel, whichever protocol asks for it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { type ErrorCode, errorBlame } from '../../preload/contract.ts';
import { failingOutbound, openTunnel, protocolsOfInbound, silentOutbound, startEndpoint } from '../rigs/endpoint.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho, startLateEcho, startSpeakFirst } from '../rigs/origin.ts';
import { readAll, readExactly } from '../rigs/streams.ts';

assertNothingLeftOpen();

const nobody = { host: 'origin.test', port: 9 };

for (const asking of protocolsOfInbound) {
  describe(asking.name, () => {
    test('passes names on unresolved, and bytes both ways', async () => {
      await using origin = await startEcho();
      await using endpoint = await startEndpoint();
      const client = await openTunnel(endpoint, asking, { host: 'origin.test', port: origin.port });
      client.write('hello');
      assert.equal((await readExactly(client, 5)).toString(), 'hello');
      assert.deepEqual(endpoint.asked, [{ host: 'origin.test', port: origin.port }]);
      assert.deepEqual(endpoint.meter, { upBytes: 5, downBytes: 5, connections: 1 });
    });

    test('understands a request that comes byte by byte', async () => {
      await using origin = await startEcho();
      await using endpoint = await startEndpoint();
      const { bytes, answerLength } = asking.ask({ host: 'origin.test', port: origin.port });
      const client = await endpoint.open();
      for (const byte of bytes) {
        await new Promise((resolve) => client.write(Buffer.of(byte), resolve));
        await new Promise(setImmediate); // so that it is likely to be read alone
      }
      assert.deepEqual((await readExactly(client, answerLength)).subarray(-asking.granted.length), asking.granted);
    });

    test('keeps what comes with the request, and a half-close right after it', async () => {
      await using origin = await startLateEcho();
      await using endpoint = await startEndpoint();
      const { bytes, answerLength } = asking.ask({ host: 'origin.test', port: origin.port });
      const client = await endpoint.open(Buffer.concat([bytes, Buffer.from('early')]));
      client.end();
      await readExactly(client, answerLength);
      assert.equal((await readAll(client)).toString(), 'early');
    });

    test('carries what the destination says first, and its half-close', async () => {
      await using origin = await startSpeakFirst('banner');
      await using endpoint = await startEndpoint();
      const client = await openTunnel(endpoint, asking, { host: 'origin.test', port: origin.port });
      assert.equal((await readAll(client)).toString(), 'banner');
      client.end('still here');
      assert.equal(await origin.heard, 'still here');
    });

    test('says yes only once the destination is there, and goes when the client does', async () => {
      const outbound = silentOutbound();
      await using endpoint = await startEndpoint({ outbound });
      const { bytes, answerLength } = asking.ask(nobody);
      const client = await endpoint.open(bytes);
      const signal = await outbound.waiting;
      await readExactly(client, answerLength - asking.granted.length);
      assert.equal(client.readableLength, 0);
      client.destroy();
      if (!signal.aborted) await once(signal, 'abort');
    });

    test('goes when a client that has said nothing more half-closes before it is connected', async () => {
      const outbound = silentOutbound();
      await using endpoint = await startEndpoint({ outbound });
      const client = await endpoint.open(asking.ask(nobody).bytes);
      const signal = await outbound.waiting;
      client.end();
      if (!signal.aborted) await once(signal, 'abort');
    });

    test('goes when a client that has sent early data resets', async () => {
      const outbound = silentOutbound();
      await using endpoint = await startEndpoint({ outbound });
      const client = await endpoint.open(asking.ask(nobody).bytes, 'early');
      const signal = await outbound.waiting;
      client.resetAndDestroy();
      if (!signal.aborted) await once(signal, 'abort');
    });

    test('says no in its own words for every code there is', async () => {
      for (const code of Object.keys(errorBlame) as ErrorCode[]) {
        await using endpoint = await startEndpoint({ outbound: failingOutbound(code) });
        const { bytes, answerLength } = asking.ask(nobody);
        const client = await endpoint.open(bytes);
        await readExactly(client, answerLength - asking.granted.length);
        checkRefusal[asking.name]?.(await readAll(client), code);
        client.end();
        await once(client, 'close');
      }
    });

    test('tells a destination that refuses from one that is there', async () => {
      await using endpoint = await startEndpoint();
      const { bytes, answerLength } = asking.ask({ host: 'origin.test', port: await refusingPort() });
      const client = await endpoint.open(bytes);
      await readExactly(client, answerLength - asking.granted.length);
      checkRefusal[asking.name]?.(await readAll(client), 'destination-refused');
    });

    test('refuses port 0, and a way back to itself, without asking anyone', async () => {
      await using endpoint = await startEndpoint();
      const own = ['127.0.0.1', '127.9.9.9', 'localhost', 'LOCALHOST.', 'a.localhost', '0.0.0.0'];
      for (const [host, port, code] of [
        ['origin.test', 0, 'bad-request'],
        ...own.map((host) => [host, endpoint.port, 'destination-forbidden']),
      ]) {
        const { bytes, answerLength } = asking.ask({ host: String(host), port: Number(port) });
        const client = await endpoint.open(bytes);
        await readExactly(client, answerLength - asking.granted.length);
        checkRefusal[asking.name]?.(await readAll(client), code as ErrorCode);
      }
      assert.deepEqual(endpoint.asked, []);
    });
  });
}

const replies: Partial<Record<ErrorCode, number>> = {
  'destination-refused': 5,
  'destination-unreachable': 4,
  'destination-name-not-found': 4,
  'destination-timeout': 6,
  'destination-forbidden': 2,
  'no-proxies': 3,
  'no-proxy-works': 3,
  'login-required': 2,
  'not-supported': 7,
};
const statuses: Partial<Record<ErrorCode, number>> = {
  'bad-request': 400,
  'login-required': 407,
  'destination-forbidden': 403,
  'destination-timeout': 504,
  'proxy-timeout': 504,
  'no-proxies': 503,
  'no-proxy-works': 503,
  'not-supported': 501,
  internal: 500,
};
const checkRefusal: Record<string, (answer: Buffer, code: ErrorCode) => void> = {
  SOCKS5: (answer, code) => assert.deepEqual([...answer], [5, replies[code] ?? 1, 0, 1, 0, 0, 0, 0, 0, 0], code),
  SOCKS4a: (answer, code) => assert.deepEqual([...answer], [0, 91, 0, 0, 0, 0, 0, 0], code),
  'HTTP CONNECT': (answer, code) => {
    const [head = '', body = ''] = answer.toString().split('\r\n\r\n');
    assert.match(head, new RegExp(`^HTTP/1.1 ${statuses[code] ?? 502} [A-Z]`), code);
    assert.match(head, new RegExp(`\r\nContent-Length: ${body.length}\r\n`));
    assert.match(body, new RegExp(`^[A-Z].+\\. \\(${code}\\)\n$`));
    assert.equal(head.includes('Proxy-Authenticate: Basic '), code === 'login-required');
    assert.doesNotMatch(head, /access-control/i);
  },
};
