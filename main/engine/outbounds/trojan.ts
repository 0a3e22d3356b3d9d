import { LinkError } from '../errors.ts';
import type { Destination, Outbound, Protocol, ProxyClient } from '../outbound.ts';
import { createCodedStream } from '../transports/coded-stream.ts';
import { parseTransport } from '../transports/transport.ts';
import { createDefinition } from './definition.ts';
import { firstWordsMs } from './first-words.ts';
import { createProxyClient, reach } from './proxy-client.ts';
import { commands, createTrojanCoding, encodePassword, encodeRequest } from './trojan-codec.ts';
import { createTrojanDatagrams } from './trojan-datagrams.ts';

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
  const encoded = encodePassword(password);
  const request = (command: number, destination: Destination) => createTrojanCoding(encodeRequest(encoded, command, destination));
  return {
    ...createProxyClient(proxy, via, {
      greet: () => {}, // nothing is said before the destination
      isUnanswered: true,
      ask: (stream, destination) => createCodedStream(stream, request(commands.connect, destination), { firstWordsMs }),
    }),
    async openDatagrams(signal) {
      const stream = await reach(proxy, via, signal);
      return createTrojanDatagrams(createCodedStream(stream, request(commands.udp, nowhere)));
    },
  };
}

/** Each datagram has a destination of its own. */
const nowhere: Destination = { host: '0.0.0.0', port: 0 };
