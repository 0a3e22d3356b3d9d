import { withDeadline } from './deadline.ts';
import { EngineError } from './errors.ts';
import type { Destination } from './outbound.ts';
import { createDirect } from './outbounds/direct.ts';
import { type Decode, readMessage } from './read-message.ts';

/** What a connection without a proxy showed of this computer's network. */
export type DirectVerdict = 'online' | 'offline' | 'captive-portal';

/** Literal addresses of large operators, so that no name need be resolved. The second one is asked only when the first cannot be reached. */
export const defaultDirectChecks: readonly Destination[] = [
  { host: '1.1.1.1', port: 80 },
  { host: '8.8.8.8', port: 443 },
];
const deadlineMs = 3000;

/**
 * Tells by one direct TCP connection (a second one where the first failed) whether the network leads anywhere, and by one plain HTTP request
 * on it whether a login page stands in between. Only where the person allows it: it is the only traffic that goes around the proxies.
 * Never rejects but with EngineError('aborted').
 */
export async function checkDirectly(addresses: readonly Destination[], signal: AbortSignal): Promise<DirectVerdict> {
  for (const address of addresses) {
    try {
      const verdict = await withDeadline((limited) => ask(address, limited), deadlineMs, signal);
      if (!signal.aborted) return verdict;
    } catch {
      // The next one may be reached.
    }
    if (signal.aborted) throw new EngineError('aborted');
  }
  return 'offline';
}

/** Rejects when the address cannot be reached. */
async function ask(address: Destination, signal: AbortSignal): Promise<DirectVerdict> {
  const stream = await createDirect().connect(address, signal);
  const abort = () => stream.destroy();
  signal.addEventListener('abort', abort, { once: true });
  stream.on('error', () => {});
  try {
    stream.write(`GET /generate_204 HTTP/1.1\r\nHost: ${address.host}\r\nUser-Agent: Mozilla/5.0\r\nConnection: close\r\n\r\n`);
    return isPortal(await readMessage(stream, head, limits), address.host) ? 'captive-portal' : 'online';
  } catch {
    return 'online'; // it was reached; that it does not speak HTTP says nothing
  } finally {
    signal.removeEventListener('abort', abort);
    stream.destroy();
  }
}

const limits = { limitBytes: 16_384, closed: 'destination-refused', malformed: 'destination-forbidden' } as const;

interface Head {
  readonly status: number;
  readonly location: string;
}

const head: Decode<Head> = (bytes) => {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const match = /^HTTP\/1\.[01] (\d{3})/.exec(text);
  if (match === null) throw new EngineError('destination-forbidden', 'not HTTP');
  const location = /^location:[ \t]*(\S*)/im.exec(text.slice(0, end))?.[1] ?? '';
  return { value: { status: Number(match[1]), location }, length: end + 4 };
};

/** A page where there is none, a way to somebody else's page, or 511 (RFC 6585 section 6). */
function isPortal({ status, location }: Head, host: string): boolean {
  if (status === 511 || status === 200) return true;
  return status >= 300 && status < 400 && URL.parse(location, `http://${host}/`)?.hostname !== host;
}
