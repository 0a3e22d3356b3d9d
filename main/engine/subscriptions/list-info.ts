import type { IncomingHttpHeaders } from 'node:http';
import { cleanName, tidyName } from '../links/name.ts';

/** What a list says about itself, in headers that all panels use or in comments on its first lines. All of it is foreign text. */
export interface ListInfo {
  readonly name: string; // one line, '' where it has none
  readonly intervalHours: number | null; // how often it wants to be fetched
  readonly usedBytes: number | null;
  readonly totalBytes: number | null; // null: not limited
  readonly expiresAt: number | null; // milliseconds since 1970; null: never
}

const commentLines = 10;
const shortestHours = 1;
const longestHours = 30 * 24;
/** Some panels say "never" with a moment far away. */
const neverMs = Date.UTC(2100, 0);

export function readListInfo(headers: IncomingHttpHeaders, body: string): ListInfo {
  const comments = commentsOf(body);
  const read = (name: string) => {
    const header = Object.keys(headers).find((key) => key === name || key.endsWith(`-${name}`));
    return header === undefined ? (comments.get(name) ?? '') : asUtf8(String(headers[header]));
  };
  return {
    name: tidyName(titleOf(read('profile-title'))) || fileNameOf(read('content-disposition')),
    intervalHours: hoursOf(read('profile-update-interval')),
    ...quotaOf(read('subscription-userinfo') || sip008Quota(body)),
  };
}

function commentsOf(body: string): ReadonlyMap<string, string> {
  const lines = body.slice(0, 8192).split('\n', commentLines);
  const comments = lines.map((line) => /^\s*(?:#|\/\/)\s*([a-z-]{1,40})\s*:\s*(.*)$/i.exec(line));
  return new Map(comments.flatMap((match) => (match ? [[(match[1] ?? '').toLowerCase(), match[2] ?? ''] as const] : [])));
}

/** Node gives the bytes of a header as Latin-1; most panels mean UTF-8. */
function asUtf8(header: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(header, 'latin1'));
  } catch {
    return header;
  }
}

function titleOf(text: string): string {
  const [, encoded] = /^base64:(.*)$/is.exec(text.trim()) ?? [];
  return encoded === undefined ? text : Buffer.from(encoded, 'base64').toString();
}

/** RFC 6266, the extended form before the plain one; without the ending. */
function fileNameOf(disposition: string): string {
  const [, extended] = /filename\*\s*=\s*utf-8''([^;]*)/i.exec(disposition) ?? [];
  const [, quoted, plain] = /filename\s*=\s*(?:"([^"]*)"|([^;]*))/i.exec(disposition) ?? [];
  const name = extended === undefined ? tidyName(quoted ?? plain ?? '') : cleanName(extended.trim());
  return name.replace(/\.(?:ya?ml|txt|json|conf)$/i, '');
}

function hoursOf(text: string): number | null {
  const hours = Number.parseFloat(text);
  return hours > 0 ? Math.min(longestHours, Math.max(shortestHours, hours)) : null;
}

/** What a list in the form of SIP008 says in its own fields, as the header says it; '' where it says nothing. It is read as text: it may be long. */
function sip008Quota(body: string): string {
  if (!/^[\s\ufeff]*\{/.test(body.slice(0, 4096)) || !body.includes('"servers"')) return '';
  const [used, remaining] = ['bytes_used', 'bytes_remaining'].map((name) => {
    const [, digits] = new RegExp(`"${name}"[ \\t\\r\\n]{0,100}:[ \\t\\r\\n]{0,100}(\\d{1,16})`).exec(body) ?? [];
    return digits === undefined ? null : Number(digits);
  });
  return `download=${used ?? ''}; total=${remaining == null ? '' : (used ?? 0) + remaining}`;
}

/** `upload=1; download=2; total=3; expire=4`: bytes, and seconds since 1970; 0 and nothing mean that there is no limit. */
function quotaOf(text: string): Pick<ListInfo, 'usedBytes' | 'totalBytes' | 'expiresAt'> {
  const amount = (name: string) => {
    const [, digits = ''] = new RegExp(`(?:^|[;,\\s])${name}\\s*=\\s*([\\d.e+]+)`, 'i').exec(text) ?? [];
    const value = Number.parseFloat(digits);
    return value > 0 && value <= Number.MAX_SAFE_INTEGER ? Math.round(value) : null;
  };
  const [up, down, totalBytes, expire] = [amount('upload'), amount('download'), amount('total'), amount('expire')];
  const expiresAt = expire === null || expire * 1000 >= neverMs ? null : expire * 1000;
  return { usedBytes: up === null && down === null && totalBytes === null ? null : (up ?? 0) + (down ?? 0), totalBytes, expiresAt };
}
