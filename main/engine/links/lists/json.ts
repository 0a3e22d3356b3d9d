import { LinkError } from '../../errors.ts';
import type { ProxyDefinition } from '../../outbound.ts';
import { defineClash } from './clash.ts';
import { type Fields, isFields, listOf, textOf } from './fields.ts';
import type { List } from './list.ts';
import { isOutlineConfig, outlineProxies } from './outline.ts';
import { defineSingBox } from './sing-box.ts';
import { defineSip008, isSip008 } from './sip008.ts';
import { defineXray } from './xray.ts';

/**
 * The value of a text that is JSON as a whole and describes proxies; undefined where it is not, as a chat export. Comments and commas at the end are
 * passed over, as Xray and sing-box do, whose configurations are written by hand.
 */
export function parseJsonList(text: string): unknown {
  if (!/^[\s\ufeff]*(?:[[{]|\/\/)/.test(text.slice(0, 4096))) return undefined;
  const json = text.replace(/^\ufeff/, '');
  const value = parseJson(json) ?? (json.length > longestByHand ? undefined : parseJson(withoutExtras(json)));
  return isAboutProxies(value, 0) ? value : undefined;
}

const longestByHand = 1024 * 1024;

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** What stands in quotes stays as it is, also where they are not closed: each sign is looked at once. */
function withoutExtras(json: string): string {
  const kept = (_: string, quoted = '') => quoted;
  return json.replace(/("(?:\\.|[^"\\])*"?)|\/\/[^\n]*/g, kept).replace(/("(?:\\.|[^"\\])*"?)|,(?=\s*[\]}])/g, kept);
}

function isAboutProxies(value: unknown, depth: number): boolean {
  const nodes = (Array.isArray(value) ? value : [value]).slice(0, 100).filter(isFields);
  return nodes.some((node) => isProxy(node) || (depth < 2 && nestedLists(node).some((list) => isAboutProxies(list, depth + 1))));
}

function isProxy(node: Fields): boolean {
  return ('server' in node && ('type' in node || isSip008(node))) || ('protocol' in node && 'settings' in node) || isOutlineConfig(node);
}

/**
 * The proxies of a JSON text: configurations of sing-box, Xray, Clash and Outline, SIP008, exports of Shadowsocks for Windows, lists of any of
 * these, and one proxy alone.
 */
export function* jsonItems(value: unknown, title = '', depth = 0): List {
  for (const node of Array.isArray(value) ? value : [value]) {
    if (!isFields(node)) continue;
    const nested = depth > 2 ? [] : nestedLists(node);
    if (nested.length === 0) yield { line: 1, read: () => defineAny(node, title) };
    else for (const list of nested) yield* jsonItems(list, textOf(node, 'remarks'), depth + 1);
  }
}

/** `outbounds`: sing-box and Xray. `endpoints`: WireGuard in sing-box. `servers`: SIP008. `configs`: Shadowsocks for Windows. */
const listNames = ['outbounds', 'endpoints', 'servers', 'configs', 'proxies'];

function nestedLists(node: Fields): readonly (readonly Fields[])[] {
  return 'protocol' in node || 'type' in node
    ? []
    : listNames.filter((name) => Array.isArray(node[name])).map((name) => listOf(node, name));
}

function defineAny(node: Fields, title: string): readonly ProxyDefinition[] {
  if (isOutlineConfig(node)) return outlineProxies(node);
  const definition = defineOne(node, title);
  return definition ? [definition] : [];
}

function defineOne(node: Fields, title: string): ProxyDefinition | null {
  if (typeof node.protocol === 'string') return defineXray(node, title);
  if (typeof node.type === 'string') return 'server_port' in node || 'tag' in node ? defineSingBox(node) : defineClash(node);
  if (isSip008(node)) return defineSip008(node);
  throw new LinkError('no-link');
}
