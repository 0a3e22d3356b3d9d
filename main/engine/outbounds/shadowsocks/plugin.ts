import { LinkError } from '../../errors.ts';
import type { Destination, Outbound } from '../../outbound.ts';
import { type Coding, createCodedStream } from '../../transports/coded-stream.ts';
import { createHttpObfuscation } from './obfs-http.ts';
import { createTlsObfuscation } from './obfs-tls.ts';

/** What stands between Shadowsocks and the network (SIP003). */
export interface Plugin {
  /** By the name that people know it by, where it is not spoken. */
  readonly notSpoken: string | null;
  readonly isNone: boolean;
  through(via: Outbound): Outbound;
}

type Options = ReadonlyMap<string, string>;

/** Reads `name;key=value;flag`, with a backslash before signs that are meant. Throws LinkError where a host would not be one. */
export function parsePlugin(text: string): Plugin {
  const [name = '', ...parts] = splitAt(text, ';');
  const options: Options = new Map(parts.map((part) => splitAt(part, '=')).map(([key = '', ...value]) => [key, value.join('=')]));
  const named = /^[\w.-]{1,32}$/.test(name) ? name : 'plugin';
  switch (name) {
    case '':
      return { notSpoken: null, isNone: true, through: (via) => via };
    case 'obfs-local':
    case 'simple-obfs':
    case 'obfs':
      return createObfs(options);
    default:
      return notSpoken(named);
  }
}

/** Cuts at a sign unless a backslash stands before it. What a backslash stands before means itself, once nothing is cut any more. */
function splitAt(text: string, sign: ';' | '='): string[] {
  const parts = text.match(sign === ';' ? /(?:\\.|[^\\;])+/gs : /(?:\\.|[^\\=])+/gs) ?? [];
  return sign === ';' ? parts : parts.map((part) => part.replace(/\\(.)/gs, '$1'));
}

function notSpoken(name: string): Plugin {
  return { notSpoken: name, isNone: false, through: (via) => via };
}

// As simple-obfs has it where nothing is said.
const usualObfsHost = 'cloudfront.net';

function createObfs(options: Options): Plugin {
  const host = checked(options.get('obfs-host') || usualObfsHost);
  const path = options.get('obfs-uri') || '/';
  switch (options.get('obfs')) {
    case 'http':
      if (!/^\/[\x21-\x7e]*$/.test(path)) throw new LinkError('bad-encoding', 'plugin');
      return spoken((proxy) => createHttpObfuscation(host, path, proxy));
    case 'tls':
      return spoken(() => createTlsObfuscation(host));
    default:
      return notSpoken('simple-obfs');
  }
}

function spoken(createCoding: (proxy: Destination) => Coding): Plugin {
  return {
    notSpoken: null,
    isNone: false,
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
