import { LinkError } from '../errors.ts';
import type { Destination, Outbound, Protocol, ProxyClient } from '../outbound.ts';
import { createCodedStream } from '../transports/coded-stream.ts';
import { parseTransport } from '../transports/transport.ts';
import { createDefinition } from './definition.ts';
import { firstWordsMs } from './first-words.ts';
import { createProxyClient } from './proxy-client.ts';
import { commands, createTrojanCoding, encodeRequest } from './trojan-codec.ts';

/** Trojan (trojan-gfw.github.io/trojan/protocol) over any transport; over TLS where the link does not say. */
export const trojan: Protocol = {
  schemes: ['trojan'],
  parse(link) {
    if (link.username === '') throw new LinkError('no-secret');
    const { query } = link;
    const transport = parseTransport(link, 'tls');
    return createDefinition(link, {
      scheme: 'trojan',
      protocol: 'Trojan',
      encrypted: transport.isEncrypted,
      insecure: transport.isInsecure,
      notSpoken: query.get('flow') ? 'XTLS' : query.get('encryption')?.startsWith('ss') ? 'Trojan-Go' : transport.notSpoken,
      query,
      hasOneSecret: true,
      createClient: (proxy, { username }, via) => createTrojanClient(proxy, username, transport.through(via)),
    });
  },
};

function createTrojanClient(proxy: Destination, password: string, via: Outbound): ProxyClient {
  return createProxyClient(proxy, via, {
    greet: () => {}, // nothing is said before the destination
    ask: (stream, destination) =>
      createCodedStream(stream, createTrojanCoding(encodeRequest(password, commands.connect, destination)), { firstWordsMs }),
  });
}
