/** gRPC against a server of node:http2. Debian's v2ray (4.34) does not speak it: it came with 4.36. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2, { type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { test } from 'node:test';
import { parseLink } from '../../main/engine/links/index.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { parseTransport } from '../../main/engine/transports/transport.ts';
import { serverCertificate, trustTestAuthority } from '../rigs/certificates.ts';
import { echoes, soon } from '../rigs/connecting.ts';
import { startForwarder } from '../rigs/fault-forwarder.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startEcho } from '../rigs/origin.ts';
import { readAll } from '../rigs/streams.ts';

assertNothingLeftOpen();
trustTestAuthority();

type Query = Readonly<Record<string, string>>;
type Serve = (call: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/** A web server that offers HTTP/2 alone, in TLS unless told. */
async function startWeb(serve: Serve, isInTls = true) {
  const sockets = new Set<Socket>();
  const { cert, key } = serverCertificate;
  const server = isInTls ? http2.createSecureServer({ cert, key, allowHTTP1: false }) : http2.createServer();
  server.on(isInTls ? 'secureConnection' : 'connection', (socket) => sockets.add(socket.on('error', () => {})));
  server.on('sessionError', () => {});
  server.on('stream', (call, headers) =>
    serve(
      call.on('error', () => {}),
      headers,
    ),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = (server.address() as AddressInfo).port;
  return {
    host: '127.0.0.1',
    port,
    sockets,
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

/** A stream to a server by gRPC in TLS. */
function callTo({ host, port }: { host: string; port: number }, query: Query = {}) {
  const link = { scheme: 'vless', host, port, username: '', password: '', name: '' };
  const wanted = new Map(Object.entries({ type: 'grpc', security: 'tls', sni: 'proxy.test', serviceName: 'Svc', ...query }));
  return parseTransport({ ...link, query: wanted })
    .through(createDirect())
    .connect({ host, port }, soon());
}

const echo: Serve = (call) => {
  call.respond({ ':status': 200, 'content-type': 'application/grpc' });
  call.pipe(call);
};

/** One message with this in it. */
function messageOf(data: Buffer): Buffer {
  const varint: number[] = [];
  for (let rest = data.length; rest > 0 || varint.length === 0; rest >>>= 7) varint.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
  const head = Buffer.from([0, 0, 0, 0, 0, 0x0a, ...varint]);
  head.writeUInt32BE(1 + varint.length + data.length, 1);
  return Buffer.concat([head, data]);
}

const paths: readonly (readonly [path: string, authority: string, query: Query])[] = [
  ['/Svc/Tun', 'proxy.test', {}],
  ['/Svc/Tun', 'proxy.test', { mode: 'gun' }],
  ['/Svc/TunMulti', 'cdn.test', { mode: 'multi', authority: 'cdn.test' }],
  ['/a%2Fb%20%21$&+:=@/Tun', 'proxy.test', { serviceName: 'a/b !$&+:=@' }],
  ['/my/own/one', 'proxy.test', { serviceName: '/my/own/one|many' }],
  ['/my/own/many', 'proxy.test', { serviceName: '/my/own/one|many', mode: 'multi' }],
  ['/my/own/one', 'proxy.test', { serviceName: '/my/own/one', mode: 'multi' }],
];
for (const [path, authority, query] of paths)
  test(`asks for ${path} of ${authority} where the link says ${JSON.stringify(query)}`, async () => {
    const asked: IncomingHttpHeaders[] = [];
    await using web = await startWeb((call, headers) => {
      asked.push(headers);
      echo(call, headers);
    });
    const stream = await callTo(web, query);
    await echoes(stream);
    stream.destroy();
    const [headers = {}] = asked;
    assert.deepEqual([headers[':method'], headers[':path'], headers[':authority']], ['POST', path, authority]);
    assert.deepEqual([headers['content-type'], headers.te], ['application/grpc', 'trailers']);
  });

test('the call begins with the first words, and not while it waits for them', async () => {
  let calls = 0;
  await using web = await startWeb((call, headers) => {
    calls++;
    echo(call, headers);
  });
  const waiting = await callTo(web);
  const used = await callTo(web);
  await echoes(used);
  assert.equal(calls, 1);
  for (const stream of [waiting, used]) stream.destroy();
});

test('what is large comes back whole, with the end', async () => {
  await using web = await startWeb((call) => {
    call.respond({ ':status': 200 }, { waitForTrailers: true });
    call.on('wantTrailers', () => call.sendTrailers({ 'grpc-status': '0' }));
    call.pipe(call);
  });
  const stream = await callTo(web);
  const sent = Buffer.alloc(12_000_000, 'all of it, ');
  stream.end(sent);
  assert.ok((await readAll(stream)).equals(sent));
});

for (const bytes of [10, 2_000_000])
  test(`who reads late gets all ${bytes} bytes that came before the server ended the call`, async () => {
    const said = Buffer.alloc(bytes, 'all of it, ');
    const over = Promise.withResolvers<void>();
    await using web = await startWeb((call) => {
      call.respond({ ':status': 200 }, { waitForTrailers: true });
      call.on('wantTrailers', () => {
        call.sendTrailers({ 'grpc-status': '0' });
        setImmediate(() => {
          call.close(); // as servers do that hear no more, either
          over.resolve();
        });
      });
      call.end(messageOf(said));
    });
    const stream = await callTo(web);
    stream.write('hello');
    await over.promise;
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate); // let all of it come
    const heard: Buffer[] = [];
    for await (const piece of stream.iterator({ destroyOnReturn: false })) {
      heard.push(piece);
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
      if (Buffer.concat(heard).length === said.length) break;
    }
    assert.ok(Buffer.concat(heard).equals(said));
    stream.destroy();
  });

for (const query of [{}, { security: 'none' }])
  test(`a slow reader gets all that came before the connection was closed, too: ${JSON.stringify(query)}`, async () => {
    const said = Buffer.alloc(3_000_000, 'all of it, ');
    await using web = await startWeb(
      (call) => {
        call.respond({ ':status': 200 }, { waitForTrailers: true });
        call.on('wantTrailers', () => call.sendTrailers({ 'grpc-status': '0' }));
        const { session } = call;
        call.on('close', () => session?.close());
        call.resume().end(messageOf(said));
      },
      !('security' in query),
    );
    await using line = await startForwarder(web);
    const stream = await callTo(line, query);
    stream.end('hello');
    const heard: Buffer[] = [];
    for await (const piece of stream) {
      heard.push(piece);
      await line.empty();
      for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
    }
    assert.ok(Buffer.concat(heard).equals(said));
  });

const refusals: readonly (readonly [what: string, code: string, Serve])[] = [
  ['nobody serves the path', 'proxy-protocol', (call) => call.respond({ ':status': 200, 'grpc-status': '12' }, { endStream: true })],
  ['it is another web server', 'proxy-protocol', (call) => call.respond({ ':status': 404 }, { endStream: true })],
  ['the call is reset', 'proxy-closed', (call) => call.close(http2.constants.NGHTTP2_REFUSED_STREAM)],
  ['the connection breaks', 'proxy-closed', (call) => call.session?.destroy()],
  ['what comes is no message', 'proxy-protocol', (call) => call.end('<html>')],
  ['it ends without a status', 'proxy-closed', (call) => void call.end(messageOf(Buffer.from('x')))],
];
for (const [what, code, serve] of refusals)
  test(`${code} where ${what}`, async () => {
    await using web = await startWeb(serve);
    const stream = await callTo(web);
    stream.resume().write('hello');
    if (!stream.closed) await new Promise((closed) => stream.once('close', closed));
    assert.equal((stream.errored as { code?: string } | null)?.code, code);
  });

test('a server that speaks no HTTP/2 is told from one that does', async () => {
  await using server = await startEcho();
  const stream = await callTo(server, { security: 'none' });
  stream.resume().write('hello');
  if (!stream.closed) await new Promise((closed) => stream.once('close', closed));
  assert.equal((stream.errored as { code?: string } | null)?.code, 'proxy-closed');
});

test('links with it are spoken', () => {
  const vless = 'vless://b831381d-6324-4d53-ad4f-8cda48b30811@vl.example.com:443?security=tls';
  for (const rest of ['&serviceName=Svc', '&serviceName=Svc&mode=multi', '&serviceName=%2Fa%2Fb&mode=gun&authority=cdn.example.com', ''])
    assert.equal(parseLink(`${vless}&type=grpc${rest}`).notSpoken, null, rest);
  assert.equal(parseLink(`${vless.replace('tls', 'reality')}&type=grpc&serviceName=Svc`).notSpoken, 'REALITY');
  assert.throws(() => parseLink(`${vless}&type=grpc&authority=a%0d%0aX:y`), { code: 'bad-host' });
});
