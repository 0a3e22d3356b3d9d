import type { IncomingMessage } from 'node:http';

/** For every answer. Nothing may be framed, embedded, cached or read by another site, and no CORS header ever opens a door. */
export const answerHeaders = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'Permissions-Policy': 'display-capture=(self)',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
} as const;

/**
 * The HTTP status with which a request must be refused before anyone looks at what it wants, or null. `authority` is host:port as a
 * browser writes it. A web page can make the browser send requests here; these rules tell its requests from our own page's:
 * - Host must be ours, or a name of the attacker's has been pointed at this machine (DNS rebinding);
 * - Origin, which a page cannot forge, must be ours, and must be there for a POST;
 * - Sec-Fetch-Site, where the browser sends it, must not name another site for anything that acts or tells;
 * - a POST must be JSON, which a form cannot send and a foreign script only after a preflight, and OPTIONS is refused.
 */
export function refusalStatus(request: IncomingMessage, authority: string): 400 | 403 | 405 | 415 | 421 | null {
  const { method = '', url = '', headers, headersDistinct } = request;
  if (!url.startsWith('/')) return 400;
  if (headers.host !== authority || headersDistinct.host?.length !== 1) return 421;
  if (!['GET', 'HEAD', 'POST'].includes(method)) return 405;
  if (headers.origin === undefined ? method === 'POST' : headers.origin !== `http://${authority}`) return 403;
  if (url.startsWith('/api/') && !['same-origin', 'none'].includes(headers['sec-fetch-site'] ?? 'none')) return 403;
  if (method === 'POST' && !/^application\/json *(?:;|$)/i.test(headers['content-type'] ?? '')) return 415;
  return null;
}

/** The whole body, or null when it is longer than `limitBytes`; the rest is then left unread. Rejects when the client goes away. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer | null> {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) return null;
  const chunks: Buffer[] = [];
  let length = 0;
  // Not destroyed on return: the refusal still has to travel over this connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += chunk.length;
    if (length > limitBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
