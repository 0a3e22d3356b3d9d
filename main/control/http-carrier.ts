import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { isLoopback } from '../engine/inbound/own-address.ts';
import type { LogFailure } from './dispatch.ts';
import { createHttpApp, type HttpAppOptions } from './http-app.ts';
import { answerHeaders } from './http-rules.ts';
import { createSession } from './session.ts';
import { createStrangers } from './strangers.ts';

/** A connection that never finishes its request is cut; without the cookie there may be only so many at once. */
const limits = { headersTimeout: 5_000, requestTimeout: 30_000, connectionsCheckingInterval: 1_000 };
const maxStrangers = 256;
const closeGraceMs = 1_000;

export interface HttpCarrierOptions {
  readonly engine: HttpAppOptions['engine'];
  /** 127.0.0.1, ::1 or localhost: anything else throws. */
  readonly host: string;
  /** 0 means any free one. */
  readonly port: number;
  /** Absolute folder of the built interface. */
  readonly files: string;
  readonly log: LogFailure;
}

export interface HttpCarrier {
  /** The address that opens the interface, once. */
  readonly url: string;
  /** Ends all streams, gives running calls one second, and resolves when every connection is closed. */
  close(): Promise<void>;
}

/**
 * Carries the contract over HTTP on loopback, for an ordinary browser. Any web page and any program on this machine can knock here, and
 * what is behind this door decides where the person's traffic goes, so:
 * - `GET /?token=T` exchanges the one-time token for the cookie that everything else needs, and leads to `/`;
 * - `POST /api/call/<name>` takes a command's arguments as JSON and answers an Outcome;
 * - `GET /api/state` is a stream of server-sent events, each one an AppState;
 * - any other GET is a file of the interface.
 * http-rules.ts has the rules for each request. Rejects with Node's error when the port cannot be had.
 */
export async function startHttpCarrier({ engine, host, port, files, log }: HttpCarrierOptions): Promise<HttpCarrier> {
  const session = createSession();
  const strangers = createStrangers(maxStrangers);
  const server = createServer(limits);
  server.on('connection', strangers.admit);
  const authority = await listen(server, host, port);
  const { app, endStreams } = createHttpApp({ engine, files, authority, session, recognize: strangers.recognize, log });
  const badRequest = () => new Response('Bad request', { status: 400, headers: answerHeaders });
  server.on('request', getRequestListener(app.fetch, { overrideGlobalObjects: false, errorHandler: badRequest }));
  return {
    url: `http://${authority}/?token=${session.token}`,
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      strangers.dismiss();
      endStreams();
      const grace = setTimeout(() => server.closeAllConnections(), closeGraceMs);
      await closed;
      clearTimeout(grace);
    },
  };
}

/** Resolves with host:port as a browser writes it in Host and Origin. */
async function listen(server: Server, host: string, port: number): Promise<string> {
  if (host !== 'localhost' && !isLoopback(host)) throw new Error(`The interface is served only on loopback, not on ${host}`);
  server.listen(port, host);
  await once(server, 'listening');
  const { address, port: bound } = server.address() as AddressInfo;
  if (!isLoopback(address)) {
    server.close(); // a hosts file that sends localhost elsewhere
    throw new Error(`localhost is ${address} here, which is not loopback`);
  }
  return new URL(`http://${host.includes(':') ? `[${host}]` : host}:${bound}`).host;
}
