import { LinkError } from '../../errors.ts';
import type { Destination, Outbound } from '../../outbound.ts';
import { type Coding, createCodedStream } from '../../transports/coded-stream.ts';
import { createTls } from '../../transports/tls.ts';
import { createWebSocket } from '../../transports/websocket.ts';
import { createMuxCoding } from './mux-cool.ts';
import { createHttpObfuscation } from './obfs-http.ts';
import { createTlsObfuscation } from './obfs-tls.ts';

/** What stands between Shadowsocks and the network (SIP003). */
export interface Plugin {
  /** By the name that people know it by, where it is not spoken. */
  readonly notSpoken: string | null;
  /** The same outbound where there is nothing in between. */
  through(via: Outbound): Outbound;
}

type Options = ReadonlyMap<string, string>;

/** Reads `name;key=value;flag`, with a backslash before signs that are meant. Throws LinkError where a host or path would not be one. */
export function parsePlugin(text: string): Plugin {
  const { name, options } = splitPlugin(text);
  const named = /^[\w.-]{1,32}$/.test(name) ? name : 'plugin';
  switch (name) {
    case '':
      return { notSpoken: null, through: (via) => via };
    case 'obfs-local':
    case 'simple-obfs':
    case 'obfs':
      return createObfs(options);
    case 'v2ray-plugin':
      return createV2ray(options);
    default:
      return notSpoken(named);
  }
}

/** The parts of SIP003's form; a flag has an empty value. */
export function splitPlugin(text: string): { name: string; options: Options } {
  const [name = '', ...parts] = splitAt(text, ';');
  return { name, options: new Map(parts.map((part) => splitAt(part, '=')).map(([key = '', ...value]) => [key, value.join('=')])) };
}

/** Cuts at a sign unless a backslash stands before it. What a backslash stands before means itself, once nothing is cut any more. */
function splitAt(text: string, sign: ';' | '='): string[] {
  const parts = text.match(sign === ';' ? /(?:\\.|[^\\;])+/gs : /(?:\\.|[^\\=])+/gs) ?? [];
  return sign === ';' ? parts : parts.map((part) => part.replace(/\\(.)/gs, '$1'));
}

function notSpoken(name: string): Plugin {
  return { notSpoken: name, through: (via) => via };
}

/** As both programs have it where nothing is said. */
const usualHost = 'cloudfront.com';

function createObfs(options: Options): Plugin {
  const host = checked(options.get('obfs-host') || usualHost);
  const path = checkedPath(options.get('obfs-uri') || '/');
  switch (options.get('obfs')) {
    case 'http':
      return spoken((proxy) => createHttpObfuscation(host, path, proxy));
    case 'tls':
      return spoken(() => createTlsObfuscation(host));
    default:
      return notSpoken('simple-obfs');
  }
}

const modeNames = new Map([
  ['quic', 'QUIC'],
  ['grpc', 'gRPC'],
  ['httpupgrade', 'HTTPUpgrade'],
]);

/** v2ray-plugin: WebSocket, in TLS where the flag says so. Without `mux=0` its server wants Mux.cool inside. */
function createV2ray(options: Options): Plugin {
  const host = checked(options.get('host') || usualHost);
  const path = checkedPath(options.get('path') || '/');
  const mode = options.get('mode') || 'websocket';
  if (mode !== 'websocket') return notSpoken(`v2ray-plugin ${modeNames.get(mode) ?? ''}`.trim());
  const secured = (via: Outbound) => (options.has('tls') ? createTls(via, { serverName: host }) : via);
  const webSocket = (via: Outbound) => createWebSocket(secured(via), { path, host });
  const multiplexed = spoken(createMuxCoding);
  return { notSpoken: null, through: options.get('mux') === '0' ? webSocket : (via) => multiplexed.through(webSocket(via)) };
}

function spoken(createCoding: (proxy: Destination) => Coding): Plugin {
  return {
    notSpoken: null,
    through: (via) => ({
      label: via.label,
      connect: async (proxy, signal) => createCodedStream(await via.connect(proxy, signal), createCoding(proxy)),
    }),
  };
}

/** A host with a line end would say something else than it says here. */
function checked(host: string): string {
  if (!/^[\x21-\x7e]{1,255}$/.test(host)) throw new LinkError('bad-host');
  return host;
}

function checkedPath(path: string): string {
  if (!/^\/[\x21-\x7e]*$/.test(path)) throw new LinkError('bad-encoding', 'plugin');
  return path;
}
