import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { createPacServer, pacScript } from '../../main/system-proxy/pac.ts';
import { bypassPattern } from '../../preload/system-proxy.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const endpoint = { host: '127.0.0.1', port: 2018 };

/** What the script says for a host, with the functions that a browser gives it; one that resolves names would fail. */
function ask(script: string, host: string): string {
  const bits = (address: string) => address.split('.').reduce((number, part) => number * 256 + Number(part), 0);
  const functions = {
    dnsDomainIs: (name: string, end: string) => name.endsWith(end),
    isInNet: (address: string, net: string, mask: string) => ((bits(address) & bits(mask)) ^ (bits(net) & bits(mask))) === 0,
  };
  return runInNewContext(`${script};FindProxyForURL(${JSON.stringify(`http://${host}/`)}, ${JSON.stringify(host)})`, functions);
}

test('with "never go direct" there is no way in the script but the endpoint', () => {
  const script = pacScript(endpoint, { bypass: ['localhost', '10.0.0.0/8'], neverDirect: true });
  assert.doesNotMatch(script, /DIRECT/);
  for (const host of ['example.com', 'localhost', '10.1.2.3']) assert.equal(ask(script, host), 'PROXY 127.0.0.1:2018');
});

test('without it, what is listed goes around, and all else where the endpoint does not answer', () => {
  const bypass = ['localhost', '*.lan', '.corp.example', 'one.example', '10.0.0.0/8', '172.16.0.0/12', '::1', '192.168.1.1'];
  const script = pacScript(endpoint, { bypass, neverDirect: false });
  for (const host of [
    'localhost',
    'a.lan',
    'x.corp.example',
    'ONE.example',
    'sub.one.example',
    '10.9.8.7',
    '172.31.0.1',
    '::1',
    '192.168.1.1',
  ]) {
    assert.equal(ask(script, host), 'DIRECT', host);
  }
  for (const host of ['example.com', 'xlan', 'notone.example', '11.0.0.1', '172.32.0.1', '192.168.1.2', '10.example.com']) {
    assert.equal(ask(script, host), 'PROXY 127.0.0.1:2018; DIRECT', host);
  }
});

test('whatever may be listed, the script can be run and decides', () => {
  fc.assert(
    fc.property(fc.array(fc.stringMatching(bypassPattern)), fc.boolean(), (bypass, neverDirect) => {
      assert.match(
        ask(pacScript({ host: '::1', port: 1 }, { bypass, neverDirect }), 'example.com'),
        /^(?:DIRECT|PROXY \[::1\]:1(?:; DIRECT)?)$/,
      );
    }),
  );
});

test('it is served under an address that nobody can guess, and a new one for each script', async () => {
  const server = createPacServer();
  try {
    const first = await server.serve('first');
    const answer = await fetch(first);
    assert.deepEqual([answer.headers.get('content-type'), await answer.text()], ['application/x-ns-proxy-autoconfig', 'first']);
    const second = await server.serve('second');
    assert.notEqual(second, first);
    assert.equal(await (await fetch(second)).text(), 'second');
    for (const gone of [first, new URL('/', first), new URL('/proxy.pac', first)]) assert.equal((await fetch(gone)).status, 404);
    assert.equal(new URL(second).hostname, '127.0.0.1');
  } finally {
    await server.close();
  }
});
