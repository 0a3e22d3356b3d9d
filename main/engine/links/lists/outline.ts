import { LinkError } from '../../errors.ts';
import type { ProxyDefinition } from '../../outbound.ts';
import { pluginText } from '../plugin-text.ts';
import { firstOwnLine, withoutAround } from './around.ts';
import { defineDescribed, type Fields, fieldsOf, isFields, listOf, type Pairs, textOf } from './fields.ts';
import type { List } from './list.ts';
import { defineSip008, isSip008 } from './sip008.ts';
import { parseYaml } from './yaml.ts';

const longestConfig = 64 * 1024;

const marks: readonly (readonly RegExp[])[] = [
  [/^(?:transport|\$type):/m, /\$type:|^[ \t]+(?:server_port|secret):/m],
  [/^error:[ \t]*(?:\{.*)?\r?$/m, /\bmessage:/],
  [/^server:/m, /^server_port:/m, /^method:/m],
  [/^endpoint:/m, /^secret:/m],
];

/** Whether the text is an access key of Outline in YAML (outline-apps, client/config.md). */
export function isOutlineYaml(text: string): boolean {
  return text.length <= longestConfig && marks.some((words) => words.every((word) => word.test(text)));
}

export function* outlineItems(text: string): List {
  yield {
    line: firstOwnLine(text),
    read() {
      const value = parseYaml(withoutAround(text));
      if (!isFields(value)) throw new LinkError('no-link');
      return outlineProxies(value);
    },
  };
}

export function isOutlineConfig(node: Fields): boolean {
  const { transport } = node;
  return (
    '$type' in node || ('endpoint' in node && 'secret' in node) || (isFields(transport) && !('type' in node) && !('type' in transport))
  );
}

/** The proxy of an access key. Where there are several to choose from, the first that is understood. Throws LinkError. */
export function outlineProxies(config: Fields): readonly ProxyDefinition[] {
  return [defineTransport(isFields(config.transport) ? config.transport : config, 0, new Set())];
}

/** Configurations may hold one another, and by aliases even themselves. */
const deepest = 8;

function defineTransport(node: Fields, depth: number, tried: Set<Fields>): ProxyDefinition {
  const type = textOf(node, '$type');
  if (depth > deepest) throw new LinkError('not-spoken', 'Outline');
  if (type === 'tcpudp') return defineTransport(fieldsOf(node, 'tcp'), depth + 1, tried);
  if (type === 'first-supported') return firstUnderstood(listOf(node, 'options'), depth, tried);
  if (type === '' && isSip008(node)) return defineSip008(node);
  if (type !== 'shadowsocks' && !(type === '' && 'endpoint' in node)) throw new LinkError('not-spoken', 'Outline');
  const { host, port, plugin } = endpointOf(node.endpoint, depth);
  return defineDescribed({
    scheme: 'ss',
    host,
    port,
    username: textOf(node, 'cipher').toLowerCase(),
    password: textOf(node, 'secret'),
    name: '',
    query: [['plugin', plugin], ...prefixOf(node)],
  });
}

// A blank at its end belongs to it.
const prefixOf = (node: Fields): Pairs => [['prefix', typeof node.prefix === 'string' ? node.prefix : '']];

/** None is tried twice: by aliases a small text may have endless options. */
function firstUnderstood(options: readonly Fields[], depth: number, tried: Set<Fields>): ProxyDefinition {
  for (const option of options) {
    if (tried.has(option)) continue;
    tried.add(option);
    try {
      return defineTransport(option, depth + 1, tried);
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
    }
  }
  throw new LinkError('not-spoken', 'Outline');
}

interface Endpoint {
  readonly host: string;
  readonly port: string;
  readonly plugin: string;
}

function endpointOf(endpoint: unknown, depth: number): Endpoint {
  if (typeof endpoint === 'string') return addressOf(endpoint);
  const node = isFields(endpoint) ? endpoint : {};
  const type = textOf(node, '$type');
  if (depth > deepest) throw new LinkError('not-spoken', 'Outline');
  if (type === 'websocket') return websocketOf(textOf(node, 'url'), 'endpoint' in node ? endpointOf(node.endpoint, depth + 1) : null);
  if ((type === 'dial' || type === '') && !('dialer' in node)) return addressOf(textOf(node, 'address'));
  throw new LinkError('not-spoken', 'Outline');
}

function addressOf(address: string): Endpoint {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(address) ?? [];
  return { host, port, plugin: '' };
}

/**
 * What Outline says over a WebSocket, one message for each write, is what v2ray-plugin says without its multiplexing. Where `reached` is told, that is
 * who is connected to, and the address only says who is asked for.
 */
function websocketOf(text: string, reached: Endpoint | null): Endpoint {
  const url = URL.parse(text);
  if (url === null || !/^wss?:$/.test(url.protocol) || (reached?.plugin ?? '') !== '') throw new LinkError('not-spoken', 'Outline');
  const tls = url.protocol === 'wss:';
  const plugin = pluginText('v2ray-plugin', { tls, host: url.hostname, path: url.pathname + url.search, mux: '0' });
  return { host: url.hostname, port: url.port || (tls ? '443' : '80'), ...reached, plugin };
}
