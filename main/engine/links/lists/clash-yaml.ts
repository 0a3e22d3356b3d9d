import { LinkError } from '../../errors.ts';
import type { ProxyDefinition } from '../../outbound.ts';
import { firstItem, firstOwnLine, linesAround, withoutAround } from './around.ts';
import { defineClash } from './clash.ts';
import { hasProviders, providerItems } from './clash-providers.ts';
import { isFields } from './fields.ts';
import type { List } from './list.ts';
import { parseYaml } from './yaml.ts';
import { cutYamlItems } from './yaml-items.ts';

const heading = /^(?:proxies|"proxies"|'proxies'|Proxy):[ \t]*(?:#.*)?\r?$/m;
const inlineHeading = /^(?:proxies|"proxies"|'proxies'):[ \t]*\[/m;
/** What a list of Clash begins with: its entries on lines of their own, or in brackets. */
export const clashHeadings = { block: heading, brackets: inlineHeading };
const longestLead = 4096;

/** Whether the text is a Clash configuration, or at least its list of proxies. */
export function isClashYaml(text: string): boolean {
  return hasProxies(text) || (hasProviders(text) && isMap(text));
}

/** A chat may hold the heading too. */
function isMap(text: string): boolean {
  const parsed = parse(text);
  return 'value' in parsed && isFields(parsed.value);
}

function hasProxies(text: string): boolean {
  return heading.test(text) || inlineHeading.test(text) || isBareSequence(text.slice(0, longestLead));
}

function isBareSequence(lead: string): boolean {
  for (const { line, isOwn } of linesAround(lead))
    if (isOwn && !/^\s*(?:#|$)/.test(line)) return firstItem.test(line) && /\btype["']?:/.test(lead);
  return false;
}

/**
 * The entries of `proxies:`, each parsed by itself: parsing a list of tens of thousands at once would stop everything else for seconds. Only where
 * entries share parts by anchors, or the list stands in brackets, the text is parsed as a whole, if it is not too long for that.
 */
export function* clashItems(text: string): List {
  const parseWhole = wholeOf(text);
  if (hasProxies(text)) yield* proxyItems(text, parseWhole);
  if (hasProviders(text)) yield* providerItems(text, parseWhole);
}

function* proxyItems(text: string, parseWhole: () => unknown): List {
  let whole: readonly unknown[] | undefined;
  const readWhole = () => {
    whole ??= proxiesIn(parseWhole());
    return whole;
  };
  if (inlineHeading.test(text)) {
    const line = firstOwnLine(text);
    yield { line, read: () => none(readWhole()) }; // says so where the text is damaged
    for (const node of whole ?? []) yield { line, read: () => define(node) };
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

/** Parses it once, also where that throws a LinkError: every entry may ask for it. */
function wholeOf(text: string): () => unknown {
  let parsed: { readonly value?: unknown; readonly error?: unknown } | undefined;
  return () => {
    parsed ??= parse(text);
    if (parsed.error !== undefined) throw parsed.error;
    return parsed.value;
  };
}

function parse(text: string) {
  if (text.length > longestWhole) return { error: new LinkError('bad-encoding', 'YAML') };
  try {
    return { value: parseYaml(withoutAround(text)) };
  } catch (error) {
    return { error };
  }
}

function proxiesIn(value: unknown): readonly unknown[] {
  const proxies = isFields(value) ? (value.proxies ?? value.Proxy) : value;
  return Array.isArray(proxies) ? proxies : [];
}
