import { LinkError } from '../errors.ts';
import type { Destination, Outbound, Protocol, ProxyClient } from '../outbound.ts';
import { createCodedStream } from '../transports/coded-stream.ts';
import { parseTransport } from '../transports/transport.ts';
import { createDefinition } from './definition.ts';
import { firstWordsMs } from './first-words.ts';
import { blamingProxy, createProxyClient } from './proxy-client.ts';
import { createAeadCoding } from './shadowsocks/aead-coding.ts';
import { createCoding2022 } from './shadowsocks/coding-2022.ts';
import { createAeadPackets, datagramsOver } from './shadowsocks/datagrams.ts';
import { createPackets2022 } from './shadowsocks/datagrams-2022.ts';
import { checkKey, cipherName, cipherNotSpoken, createMethod, type Method, saltBytes } from './shadowsocks/method.ts';
import { parsePlugin } from './shadowsocks/plugin.ts';

/** Shadowsocks with AEAD ciphers and in its 2022 edition: bare, behind a plugin, or over the transports of Xray's share links. */
export const shadowsocks: Protocol = {
  schemes: ['ss'],
  parse(link) {
    const cipher = cipherName(link.username);
    const plugin = parsePlugin(link.query.get('plugin') ?? '');
    const transport = parseTransport(link);
    const notSpoken = cipherNotSpoken(cipher) ?? plugin.notSpoken ?? transport.notSpoken;
    const through = (via: Outbound) => plugin.through(transport.through(via));
    checkKey(cipher, link.password);
    const prefix = parsePrefix(link.query.get('prefix') ?? '', saltBytes(cipher));
    return createDefinition(
      { ...link, username: cipher },
      {
        scheme: 'ss',
        protocol: 'Shadowsocks',
        encrypted: true,
        insecure: transport.isInsecure,
        notSpoken,
        query: link.query,
        createClient: (proxy, { password }, via) => createClient(proxy, createMethod(cipher, password), prefix, via, through(via)),
      },
    );
  },
};

/** A prefix takes from what tells salts apart: so many bytes must be left. */
const leastRandomBytes = 8;

/** Outline writes bytes as signs of the same number, up to 255. Throws LinkError. */
function parsePrefix(text: string, length: number): Buffer {
  const prefix = Buffer.from(text, 'latin1');
  if (/[^\0-\xff]/.test(text) || (text !== '' && prefix.length > length - leastRandomBytes)) throw new LinkError('bad-encoding', 'prefix');
  return prefix;
}

/** `reached` is the way to the proxy by what stands in between. Datagrams would go by UDP beside that: then there are none. */
function createClient(proxy: Destination, method: Method, prefix: Buffer, via: Outbound, reached: Outbound): ProxyClient {
  const { openPackets } = reached === via ? via : {};
  const is2022 = method.edition === '2022';
  const code = (destination: Destination) =>
    is2022 ? createCoding2022(method, destination) : createAeadCoding(method, destination, prefix);
  return {
    ...createProxyClient(proxy, reached, {
      greet: () => {}, // nothing is said before the destination
      isUnanswered: true,
      ask: (stream, destination) => createCodedStream(stream, code(destination), { firstWordsMs }),
    }),
    ...(openPackets && {
      async openDatagrams(signal) {
        const packets = await blamingProxy(openPackets(proxy, signal));
        return datagramsOver(packets, is2022 ? createPackets2022(method) : createAeadPackets(method));
      },
    }),
  };
}
