/** What is wrong with a link, against servers that others wrote: a code in bounded time, and no datagram that gets through. */
import assert from 'node:assert/strict';
import net from 'node:net';
import { describe, mock, test } from 'node:test';
import type { Destination } from '../../main/engine/outbound.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { expiredCertificate, trustTestAuthority } from '../rigs/certificates.ts';
import { defineWay, soon, type Way } from '../rigs/connecting.ts';
import { exchange } from '../rigs/datagrams.ts';
import { startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { missing, type Program, temporaryFolder } from '../rigs/programs.ts';
import { type LibevPlugin, startSsServer } from '../rigs/shadowsocks-libev.ts';
import { join } from '../rigs/streams.ts';
import { startUdpEcho } from '../rigs/udp-echo.ts';
import { startV2ray, v2rayWay } from '../rigs/v2ray.ts';
import { verdict } from '../rigs/verdict.ts';

assertNothingLeftOpen();
trustTestAuthority();

const impatientMs = 400; // for servers that say nothing, so that our deadline speaks
const isSilent = /^proxy-(?:timeout|closed)$/;

const openDatagrams = async (way: Way, proxy: Destination) => {
  const opening = defineWay(way, proxy).createClient(createDirect()).openDatagrams?.(soon());
  assert.ok(opening);
  return await opening;
};

function recorded() {
  const texts = new Set<string>();
  const answers = (payload: Buffer) => {
    texts.add(String(payload));
    return [payload];
  };
  return { texts, answers };
}

/** Sends a datagram the wrong way, then another one the right way, and tells which came through. */
async function heard(wrong: Way, right: Way, proxy: Destination): Promise<string[]> {
  const { texts, answers } = recorded();
  await using echo = await startUdpEcho({ answers });
  const [bad, good] = [await openDatagrams(wrong, proxy), await openDatagrams(right, proxy)];
  bad.send(echo, Buffer.from('wrong'));
  await exchange(good, echo, Buffer.from('right one'));
  for (const way of [bad, good]) way.close();
  return [...texts];
}

/** The way for datagrams closes by itself, or is none, and nothing gets through. */
async function closes(way: Way, proxy: Destination): Promise<void> {
  await using echo = await startUdpEcho();
  const datagrams = await openDatagrams(way, proxy).catch(() => null);
  if (datagrams === null) return;
  const closed = new Promise<void>((resolve) => datagrams.onClose(resolve));
  datagrams.send(echo, Buffer.from('x'));
  await closed;
  assert.equal(echo.received, 0);
}

async function threeMinutesLate<T>(work: () => Promise<T>): Promise<T> {
  mock.timers.enable({ apis: ['Date'], now: Date.now() - 180_000 });
  try {
    return await work();
  } finally {
    mock.timers.reset();
  }
}

describe('ss-server', { skip: missing('ss-server') }, () => {
  for (const cipher of ['aes-128-gcm', 'aes-192-gcm', 'aes-256-gcm', 'chacha20-ietf-poly1305', 'xchacha20-ietf-poly1305']) {
    test(`${cipher} with a wrong password`, async () => {
      await using folder = await temporaryFolder();
      const login = { username: cipher, password: 'right' };
      await using proxy = await startSsServer(folder.path, login);
      const right: Way = { scheme: 'ss', login };
      const wrong: Way = { scheme: 'ss', login: { ...login, password: 'wrong' } };
      assert.match(await verdict(wrong, proxy, impatientMs), isSilent);
      assert.deepEqual(await heard(wrong, right, proxy), ['right one']);
    });
  }

  const plugin = (options: string): LibevPlugin => ({ link: '', program: 'ss-v2ray-plugin', options: `server;mux=0;${options}` });
  const over = (plugin: string): Way => ({ scheme: 'ss', login: { username: 'aes-128-gcm', password: 'x' }, query: { plugin } });

  test('behind v2ray-plugin: a wrong path, a certificate that is over', { skip: missing('ss-v2ray-plugin') }, async () => {
    await using folder = await temporaryFolder();
    const login = { username: 'aes-128-gcm', password: 'x' };
    await using plain = await startSsServer(folder.path, login, plugin('path=/a'));
    assert.equal(await verdict(over('v2ray-plugin;mux=0;path=/a'), plain), 'works');
    assert.equal(await verdict(over('v2ray-plugin;mux=0;path=/b'), plain), 'proxy-protocol');
    const { certFile, keyFile } = expiredCertificate;
    await using old = await startSsServer(folder.path, login, plugin(`tls;host=proxy.test;cert=${certFile};key=${keyFile}`));
    assert.equal(await verdict(over('v2ray-plugin;mux=0;tls;host=proxy.test'), old), 'proxy-certificate');
  });
});

const nobody = { username: 'a1b2c3d4-0000-4000-8000-000000000000', password: '' };

describe('v2ray', { skip: missing('v2ray') }, () => {
  for (const scheme of ['vmess', 'vless', 'trojan'] as const) {
    for (const stream of ['tls', 'ws+tls'] as const) {
      test(`${scheme} over ${stream}: a wrong secret, another path, a certificate that is over, datagrams too`, async () => {
        await using folder = await temporaryFolder();
        const way = v2rayWay(scheme, stream);
        {
          await using proxy = await startV2ray(folder.path, scheme, stream);
          const wrong = { ...way, login: nobody };
          assert.match(await verdict(wrong, proxy, impatientMs), isSilent);
          assert.deepEqual(await heard(wrong, way, proxy), ['right one']);
          if (stream === 'ws+tls') await closes(v2rayWay(scheme, stream, { path: '/another' }), proxy);
        }
        await using old: Program = await startV2ray(folder.path, scheme, stream, expiredCertificate);
        assert.equal(await verdict(way, old), 'proxy-certificate');
        await closes(way, old);
      });
    }
  }

  test('vmess with a clock three minutes late, datagrams too', async () => {
    await using folder = await temporaryFolder();
    await using proxy = await startV2ray(folder.path, 'vmess', 'tcp');
    const way = v2rayWay('vmess', 'tcp');
    assert.match(await threeMinutesLate(() => verdict(way, proxy, impatientMs)), isSilent);
    const said = Promise.withResolvers<void>();
    await using line = await startServer((client) => {
      client.once('data', () => said.resolve());
      join(client, net.connect({ ...proxy, allowHalfOpen: true }));
    });
    const { texts, answers } = recorded();
    await using echo = await startUdpEcho({ answers });
    const [late, right] = [await openDatagrams(way, line), await openDatagrams(way, proxy)];
    await threeMinutesLate(async () => {
      late.send(echo, Buffer.from('late'));
      await said.promise;
    });
    await exchange(right, echo, Buffer.from('right one'));
    assert.deepEqual([...texts], ['right one']);
    for (const opened of [late, right]) opened.close();
  });
});
