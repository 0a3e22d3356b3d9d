import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificate } from './certificates.ts';
import { type ListenOptions, type Rig, startServer } from './loopback-server.ts';
import { readAll } from './streams.ts';

/** Sends back what it gets; ends when the client does. */
export function startEcho(options?: ListenOptions): Promise<Rig> {
  return startServer((socket) => void socket.pipe(socket), options);
}

/** Waits until the client ends, then sends back all that it got, and ends: works only where a half-close is carried. */
export function startLateEcho(options?: ListenOptions): Promise<Rig> {
  return startServer(async (socket) => void socket.end(await readAll(socket)), options);
}

/** Says `banner` and ends at once, but goes on reading: `heard` is all that the first client said before it ended too. */
export async function startSpeakFirst(banner: string, options?: ListenOptions): Promise<Rig & { readonly heard: Promise<string> }> {
  const heard = Promise.withResolvers<string>();
  const rig = await startServer(async (socket) => {
    socket.end(banner);
    heard.resolve((await readAll(socket)).toString());
  }, options);
  return Object.assign(rig, { heard: heard.promise });
}

export interface HttpOrigin extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  /** `METHOD host url` of each request. */
  readonly requests: readonly string[];
}

/** Answers every request with `hello from the origin` and a line that says what was asked. */
export async function startHttpOrigin(options: ListenOptions & { certificate?: Certificate } = {}): Promise<HttpOrigin> {
  const { host = '127.0.0.1', port: wanted = 0, certificate } = options;
  const requests: string[] = [];
  const answer: http.RequestListener = (request, response) => {
    requests.push(`${request.method} ${request.headers.host} ${request.url}`);
    response.setHeader('content-type', 'text/plain').end(`hello from the origin\n${requests.at(-1)}\n`);
  };
  const server = certificate ? https.createServer({ cert: certificate.cert, key: certificate.key }, answer) : http.createServer(answer);
  server.listen(wanted, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return {
    host,
    port,
    url: `${certificate ? 'https' : 'http'}://${authority}/`,
    requests,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
