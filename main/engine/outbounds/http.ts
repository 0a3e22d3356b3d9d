import type { Duplex } from 'node:stream';
import type { Destination, Outbound, Protocol, ProxyClient } from '../outbound.ts';
import { readMessage } from '../read-message.ts';
import { createTls } from '../transports/tls.ts';
import { isUnchecked, parseTls } from '../transports/transport.ts';
import { createDefinition, type Login } from './definition.ts';
import * as codec from './http-codec.ts';
import { createProxyClient } from './proxy-client.ts';

/** An HTTP proxy that lets CONNECT through (RFC 9110, section 9.3.6), with or without Basic credentials, which anyone on the way can read. */
export const http: Protocol = {
  schemes: ['http'],
  parse: (link) => createDefinition(link, { scheme: 'http', protocol: 'HTTP', encrypted: false, createClient: createHttpClient }),
};

/** The same inside TLS to the proxy. */
export const https: Protocol = {
  schemes: ['https'],
  parse(link) {
    const tls = parseTls(link, 'http');
    return createDefinition(link, {
      scheme: 'https',
      protocol: 'HTTPS',
      encrypted: true,
      insecure: isUnchecked(tls),
      query: link.query,
      createClient: (proxy, login, via) => createHttpClient(proxy, login, createTls(via, tls)),
    });
  },
};

/** Credentials are sent at once: the person gave them for exactly this proxy, and many proxies close after a 407. */
export function createHttpClient(proxy: Destination, login: Login, via: Outbound): ProxyClient {
  return createProxyClient(proxy, via, {
    greet: () => {}, // HTTP says nothing before the destination
    ask: (stream, destination) => ask(stream, destination, login),
  });
}

async function ask(stream: Duplex, destination: Destination, login: Login): Promise<void> {
  stream.write(codec.encodeConnect(destination, login));
  const limits = { limitBytes: codec.longestHeadBytes, closed: 'proxy-closed', malformed: 'proxy-protocol' } as const;
  const status = await readMessage(stream, codec.decodeAnswer, limits);
  if (status >= 300) throw codec.statusError(status, login.username !== '' || login.password !== '');
}
