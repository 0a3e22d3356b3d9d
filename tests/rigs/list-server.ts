import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Certificate } from './certificates.ts';

/** What the server of a subscription answers. */
export interface ListAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly gzip?: boolean;
  readonly endless?: boolean; // says the body again and again
  readonly silent?: boolean; // says nothing at all
  readonly cut?: boolean; // breaks off after the body
}

export interface ListServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly url: string;
  readonly requests: readonly { readonly url: string; readonly headers: http.IncomingHttpHeaders }[];
  /** What comes next, for every request. */
  answer: ListAnswer;
}

export async function startListServer(answer: ListAnswer = {}, certificate?: Certificate): Promise<ListServer> {
  const requests: { url: string; headers: http.IncomingHttpHeaders }[] = [];
  const respond: http.RequestListener = (request, response) => {
    requests.push({ url: request.url ?? '', headers: request.headers });
    const { status = 200, headers = {}, body = '', gzip, endless, silent, cut } = rig.answer;
    if (silent) return;
    if (headers.etag !== undefined && request.headers['if-none-match'] === headers.etag) return void response.writeHead(304).end();
    response.writeHead(status, { ...headers, ...(gzip && { 'content-encoding': 'gzip' }) });
    const bytes = gzip ? gzipSync(body) : body;
    if (cut) return void response.write(bytes, () => response.destroy());
    if (!endless) return void response.end(bytes);
    const again = () => {
      while (!response.destroyed && response.write(bytes));
      if (!response.destroyed) response.once('drain', again);
    };
    again();
  };
  const server = certificate ? https.createServer({ cert: certificate.cert, key: certificate.key }, respond) : http.createServer(respond);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const rig: ListServer = {
    host: '127.0.0.1',
    port,
    url: `${certificate ? 'https' : 'http'}://127.0.0.1:${port}/sub?token=c4nary-t0ken`,
    requests,
    answer,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return rig;
}
