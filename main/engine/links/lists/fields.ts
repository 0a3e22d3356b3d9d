import { LinkError } from '../../errors.ts';
import type { ProxyDefinition } from '../../outbound.ts';
import { parseHost, parsePort } from '../host.ts';
import { tidyName } from '../name.ts';
import { defineOrKeep } from '../parse-link.ts';
import { canonicalQuery } from '../share-query.ts';

/** A map of YAML or JSON, from outside: nothing is known about its values. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The map under a name; an empty one where there is none. */
export function fieldsOf(fields: Fields, name: string): Fields {
  const value = fields[name];
  return isFields(value) ? value : {};
}

/** The list under a name, without what is no map; a single map is a list of one. */
export function listOf(fields: Fields, name: string): readonly Fields[] {
  const value = fields[name];
  return (Array.isArray(value) ? value : [value]).filter(isFields);
}

/** The first of these names that holds a text, number or truth, as text; of a list its parts with commas between. '' where none does. */
export function textOf(fields: Fields, ...names: readonly string[]): string {
  for (const name of names) {
    const text = plainText(fields[name]);
    if (text !== '') return text;
  }
  return '';
}

/** Whether this is switched on. */
export function isOn(fields: Fields, ...names: readonly string[]): boolean {
  return /^(?:true|yes|on|1)$/i.test(textOf(fields, ...names));
}

// A list within a list means nothing, and aliases may make a small YAML text endless ones.
function plainText(value: unknown): string {
  return Array.isArray(value) ? value.map(scalarText).filter(Boolean).join(',') : scalarText(value);
}

function scalarText(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** The entry of a table under a name from outside: `constructor` and its like are in no table. */
export function entryOf<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** The text, '' where it is the usual one. */
export const unless = (usual: string, text: string) => (text === usual ? '' : text);

export type Pairs = readonly (readonly [name: string, value: string])[];

/** Early data, which without a header's name goes into the path. */
export const earlyData = (bytes: string, header: string): Pairs =>
  /^0*$/.test(bytes)
    ? []
    : [
        ['ed', bytes],
        ['eh', header || 'path'],
      ];

/**
 * Throws LinkError where a proxy is to be reached through another one, which a list names under `key`: without it, whoever runs this one would
 * see the person's own address. Programs call their way without a proxy by these names.
 */
export function refuseChain(key: string, other: string): void {
  if (other !== '' && !/^(?:direct|freedom|fragment)/i.test(other)) throw new LinkError('not-spoken', key);
}

/** One proxy of a list, before its texts have been checked. */
export interface Described {
  readonly scheme: string;
  readonly host: string;
  readonly port: string;
  readonly username?: string;
  readonly password?: string;
  readonly name: string;
  readonly query?: Pairs;
}

/** Those whose links are written with the names of share-query.ts. */
const shareSchemes = new Set(['ss', 'trojan', 'vless', 'vmess']);

/** The definition of what a list describes. Throws LinkError. */
export function defineDescribed({ scheme, host, port, username = '', password = '', name, query = [] }: Described): ProxyDefinition {
  if (shareSchemes.has(scheme) && username === '') throw new LinkError('no-secret');
  const said = query.filter(([, value]) => value !== '');
  return defineOrKeep({
    scheme,
    host: parseHost(host),
    port: parsePort(port),
    username,
    password,
    name: name === `${host}:${port}` || name === `[${host}]:${port}` ? '' : tidyName(name), // as an export without a name has it
    query: shareSchemes.has(scheme) ? canonicalQuery(said) : new Map(said),
  });
}

const longestRest = 2000;

/** What is left of a description after its known fields: as parameters, so that nothing is lost that another program may need. */
export function restOf(fields: Fields, known: ReadonlySet<string>): Pairs {
  return Object.entries(fields)
    .filter(([name]) => !known.has(name))
    .map(([name, value]) => [name, isFields(value) ? shortJson(value) : plainText(value)] as const)
    .filter(([, value]) => value !== '');
}

// Aliases may make a small YAML text a huge value.
function shortJson(value: Fields): string {
  let length = 0;
  const json = JSON.stringify(value, (_, part: unknown) => {
    length += typeof part === 'string' ? part.length : 1;
    if (length > longestRest) throw new LinkError('link-too-long');
    return part;
  });
  return json === '{}' ? '' : json;
}
