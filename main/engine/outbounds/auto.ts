import { errorCode } from '../errors.ts';
import type { Destination, Outbound, Protocol, ProxyClient, Tunnel } from '../outbound.ts';
import { checkLoginLength, createDefinition, type Login } from './definition.ts';
import { createHttpClient } from './http.ts';
import { createSocks5Client } from './socks5.ts';

/** A proxy of which only address and login are known, as in `host:port:user:password`: SOCKS5 or HTTP, found out at first contact. */
export const auto: Protocol = {
  schemes: ['auto'],
  parse(link) {
    checkLoginLength(link);
    return createDefinition(link, {
      scheme: 'auto',
      protocol: 'SOCKS5 or HTTP',
      encrypted: false,
      query: link.query,
      createClient: createAutoClient,
    });
  },
};

/**
 * Most HTTP servers would wait in silence for the end of the line that a SOCKS5 greeting is to them. With two line ends among the methods
 * (0x0d and 0x0a are unassigned, so SOCKS5 servers pass over them) they answer at once that they do not understand.
 */
const lineEnds = [0x0d, 0x0a, 0x0d, 0x0a];

/** Greets in SOCKS5; whoever does not understand gets HTTP on a new connection. What the proxy once answered in is kept. */
function createAutoClient(proxy: Destination, login: Login, via: Outbound): ProxyClient {
  const socks5 = createSocks5Client(proxy, login, via);
  const http = createHttpClient(proxy, login, via);
  const eitherGreeting = createSocks5Client(proxy, login, via, lineEnds);
  let known: ProxyClient | null = null;
  return {
    async open(signal) {
      if (known) return known.open(signal);
      try {
        const tunnel = await eitherGreeting.open(signal);
        known = socks5;
        return tunnel;
      } catch (error) {
        const code = errorCode(error);
        if (code !== 'proxy-protocol' && code !== 'proxy-closed') throw error;
      }
      return onceConnected(await http.open(signal), () => {
        known = http;
      });
    },
    get connectAtOnce() {
      return known?.connectAtOnce;
    },
    get openDatagrams() {
      return known?.openDatagrams;
    },
  };
}

// Opening says nothing about HTTP: only an answer to CONNECT shows that it is spoken.
function onceConnected(tunnel: Tunnel, found: () => void): Tunnel {
  return {
    async connect(destination, signal) {
      const stream = await tunnel.connect(destination, signal);
      found();
      return stream;
    },
    close: tunnel.close,
    onLost: tunnel.onLost,
  };
}
