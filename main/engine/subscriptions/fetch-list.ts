import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { EngineError, errorCode } from '../errors.ts';
import type { Outbound } from '../outbound.ts';
import { underSignal } from '../outbounds/under-signal.ts';
import { createTls } from '../transports/tls.ts';

/** After decompression. */
const mostBytes = 8 * 1024 * 1024;
const mostRedirects = 5;
const redirects = new Set([301, 302, 303, 307, 308]);

/** A list as its server gave it. */
export interface FetchedList {
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Fetches an http(s) address through `outbound`, without cookies. null: nothing has changed since the answer with this `etag`. Redirects lead
 * only to https. Rejects with EngineError: the outbound's own, `list-insecure`, `list-refused` (also for what is not HTTP) or `list-too-large`;
 * none of them holds the address. After `signal` aborts nothing stays open.
 */
export async function fetchList(
  outbound: Outbound,
  address: string,
  etag: string | null,
  signal: AbortSignal,
): Promise<FetchedList | null> {
  let url = new URL(address);
  for (let hops = 0; hops <= mostRedirects; hops++) {
    const answer = await get(outbound, url, etag, signal);
    if (answer.status === 200) return answer;
    if (answer.status === 304 && etag !== null) return null;
    if (!redirects.has(answer.status)) throw new EngineError('list-refused', `status ${answer.status}`);
    const next = URL.parse(answer.headers.location ?? '', url);
    if (next?.protocol !== 'https:') throw new EngineError('list-insecure', 'redirect');
    url = next;
  }
  throw new EngineError('list-refused', 'too many redirects');
}

interface Answer extends FetchedList {
  readonly status: number;
}

async function get(outbound: Outbound, url: URL, etag: string | null, signal: AbortSignal): Promise<Answer> {
  const isSecure = url.protocol === 'https:';
  const destination = { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port) || (isSecure ? 443 : 80) };
  const stream = await connect(isSecure ? createTls(outbound) : outbound, destination, signal);
  try {
    return await underSignal(stream, signal, () => exchange(stream, url, etag));
  } finally {
    stream.destroy();
  }
}

/** A certificate that is not valid is the list's, not the proxy's. */
async function connect(way: Outbound, destination: { host: string; port: number }, signal: AbortSignal): Promise<Duplex> {
  try {
    return await way.connect(destination, signal);
  } catch (error) {
    throw errorCode(error) === 'proxy-certificate' ? new EngineError('list-insecure', 'certificate') : error;
  }
}

async function exchange(stream: Duplex, url: URL, etag: string | null): Promise<Answer> {
  try {
    const response = await answerTo(stream, url, etag);
    const status = response.statusCode ?? 0;
    return { status, headers: response.headers, body: status === 200 ? await readBody(response) : '' };
  } catch (error) {
    throw error instanceof EngineError ? error : new EngineError('list-refused', 'no proper answer');
  }
}

function answerTo(stream: Duplex, url: URL, etag: string | null): Promise<IncomingMessage> {
  const login = url.username || url.password ? { auth: `${decode(url.username)}:${decode(url.password)}` } : {};
  const headers = {
    Host: url.host,
    'User-Agent': 'Paperplane', // panels answer clients that they do not know with a plain list of links
    Accept: '*/*',
    'Accept-Encoding': 'gzip',
    Connection: 'close',
    ...(etag !== null && { 'If-None-Match': etag }),
  };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ createConnection: () => stream, path: url.pathname + url.search, headers, ...login });
    const failed = () => reject(new EngineError('list-refused', 'no answer'));
    request.on('response', resolve).on('error', failed).on('close', failed).end();
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let total = 0;
  const gather = async (source: AsyncIterable<Buffer>) => {
    for await (const chunk of source) {
      total += chunk.length;
      if (total > mostBytes) throw new EngineError('list-too-large');
      chunks.push(chunk);
    }
  };
  const encoding = response.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding === 'gzip' || encoding === 'x-gzip') await pipeline(response, createGunzip(), gather);
  else if (encoding === 'identity') await pipeline(response, gather);
  else throw new EngineError('list-refused', 'unknown content encoding');
  return new TextDecoder().decode(Buffer.concat(chunks));
}
