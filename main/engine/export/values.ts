import type { Node } from './export.ts';

/** A description without what says nothing. */
export function compact(fields: Node): Node {
  const isSaid = (value: unknown) =>
    value !== undefined &&
    value !== '' &&
    value !== false &&
    !(typeof value === 'object' && value !== null && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => isSaid(value)));
}

/** The parts of a text with commas. */
export function listed(text: string | undefined): readonly string[] | undefined {
  return text ? text.split(',') : undefined;
}

/** Whether other programs have a name for the link's security: one that is dead or new is not TLS. */
export function hasKnownSecurity(query: ReadonlyMap<string, string>): boolean {
  return ['none', 'tls', 'reality'].includes(query.get('security') ?? 'none');
}

/** Whether a Shadowsocks link goes bare or behind a plugin: other programs have no transports of Xray for it. */
export function isWithoutTransport(query: ReadonlyMap<string, string>): boolean {
  return !query.has('type') && !query.has('headerType') && (query.get('security') ?? 'none') === 'none';
}

/** Path and early data, which links write into the path (`?ed=2048`) or beside it. Without a header it goes into the path. */
export function webSocketParts(query: ReadonlyMap<string, string>): { path: string; early: number; header: string } {
  const path = query.get('path') ?? '';
  const [, before = path, inPath] = /^(.*)\?ed=(\d{1,5})$/s.exec(path) ?? [];
  const early = Number(inPath ?? query.get('ed') ?? 0);
  const header = query.get('eh') || 'Sec-WebSocket-Protocol';
  return { path: before, early, header: early > 0 && header !== 'path' ? header : '' };
}
