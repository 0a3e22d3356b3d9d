import type { Duplex } from 'node:stream';
import type { Destination, Outbound, Protocol, ProxyClient, RawLink } from '../outbound.ts';
import { createCodedStream } from '../transports/coded-stream.ts';
import { parseTransport } from '../transports/transport.ts';
import { createDefinition } from './definition.ts';
import { firstWordsMs } from './first-words.ts';
import { openFlowDatagrams } from './flow-datagrams.ts';
import { createProxyClient, reach } from './proxy-client.ts';
import { parseUuid } from './uuid.ts';
import { commands, createVlessCoding, createVlessDatagramCoding, encodeRequest } from './vless-codec.ts';

/** VLESS (Xray's proxy/vless, version 0) without flow or encryption of its own, over any transport. */
export const vless: Protocol = {
  schemes: ['vless'],
  parse(link) {
    const id = parseUuid(link.username);
    const transport = parseTransport(link);
    return createDefinition(link, {
      scheme: 'vless',
      protocol: 'VLESS',
      encrypted: transport.isEncrypted,
      insecure: transport.isInsecure,
      notSpoken: transport.notSpoken ?? notSpoken(link),
      query: link.query,
      hasOneSecret: true,
      createClient: (proxy, _login, via) => createVlessClient(proxy, id, transport.through(via)),
    });
  },
};

function notSpoken({ query }: RawLink): string | null {
  if (query.get('flow')) return 'Vision';
  const encryption = query.get('encryption') || 'none';
  return encryption === 'none' ? null : 'VLESS encryption';
}

function createVlessClient(proxy: Destination, id: Buffer, via: Outbound): ProxyClient {
  return {
    ...createProxyClient(proxy, via, {
      greet: () => {}, // nothing is said before the destination
      isUnanswered: true,
      ask: (stream, destination) =>
        createCodedStream(stream, createVlessCoding(encodeRequest(id, commands.tcp, destination)), { firstWordsMs }),
    }),
    openDatagrams: (signal) => openFlowDatagrams(openFlow, { longestBytes: 65_507 }, signal),
  };

  async function openFlow(destination: Destination, signal: AbortSignal): Promise<Duplex> {
    const stream = await reach(proxy, via, signal);
    return createCodedStream(stream, createVlessDatagramCoding(encodeRequest(id, commands.udp, destination)));
  }
}
