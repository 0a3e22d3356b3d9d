import { LinkError } from '../../errors.ts';
import type { ProxyDefinition } from '../../outbound.ts';
import { defineClash } from './clash.ts';
import { hasProviders, providerItems } from './clash-providers.ts';
import { isFields } from './fields.ts';
import type { List } from './list.ts';
import { parseYaml } from './yaml.ts';
import { cutYamlItems } from './yaml-items.ts';

const heading = /^(?:proxies|"proxies"|'proxies'|Proxy):[ \t]*(?:#.*)?\r?$/;
const inlineHeading = /^(?:proxies|"proxies"|'proxies'):[ \t]*\[/m;
const firstItem = /^[ \t]*- *\{? *["']?(?:name|type|server|port|<<)["']?:/;
const longestLead = 4096;

/** Whether the text is a Clash configuration, or at least its list of proxies. */
export function isClashYaml(text: string): boolean {
  return hasProxies(text) || hasProviders(text);
}

function hasProxies(text: string): boolean {
  return new RegExp(heading, 'm').test(text) || inlineHeading.test(text) || isBareSequence(text.slice(0, longestLead));
}

function isBareSequence(lead: string): boolean {
  const firstLine = lead.split('\n').find((line) => !/^\s*(?:#|$)/.test(line)) ?? '';
  return firstItem.test(firstLine) && /\btype["']?:/.test(lead);
}

/**
 * The entries of `proxies:`, each parsed by itself: parsing a list of tens of thousands at once would stop everything else for seconds. Only where
 * entries share parts by anchors, or the list stands in brackets, the text is parsed as a whole, if it is not too long for that.
 */
export function* clashItems(text: string): List {
  if (hasProxies(text)) yield* proxyItems(text);
  if (hasProviders(text)) yield* providerItems(text, () => parseWhole(text));
}

function* proxyItems(text: string): List {
  let whole: readonly unknown[] | undefined;
  const readWhole = () => {
    whole ??= proxiesIn(text);
    return whole;
  };
  if (inlineHeading.test(text)) {
    yield { line: 1, read: () => none(readWhole()) }; // says so where the text is damaged
    for (const node of whole ?? []) yield { line: 1, read: () => define(node) };
    return;
  }
  let index = -1;
  for (const item of cutYamlItems(text, heading)) {
    if (item) index++;
    const place = index;
    yield item && { line: item.line, read: () => define(usesAlias.test(item.text) ? readWhole()[place] : first(parseYaml(item.text))) };
  }
}

const none = (_: unknown) => [];
const usesAlias = /(?:^|[\s:[{,])\*[\w-]/m;
const first = (value: unknown) => (Array.isArray(value) ? value[0] : value);

function define(node: unknown): readonly ProxyDefinition[] {
  if (!isFields(node)) throw new LinkError('no-link');
  const definition = defineClash(node);
  return definition ? [definition] : [];
}

/** The longest text that is parsed in one step. */
const longestWhole = 1024 * 1024;

function parseWhole(text: string): unknown {
  if (text.length > longestWhole) throw new LinkError('bad-encoding', 'YAML');
  return parseYaml(text);
}

function proxiesIn(text: string): readonly unknown[] {
  const value = parseWhole(text);
  const proxies = isFields(value) ? (value.proxies ?? value.Proxy) : value;
  return Array.isArray(proxies) ? proxies : [];
}
