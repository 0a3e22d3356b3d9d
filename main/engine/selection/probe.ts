import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as startTls } from 'node:tls';
import { EngineError } from '../errors.ts';
import type { ProxyClient } from '../outbound.ts';
import { type Decode, readMessage } from '../read-message.ts';

/** Where probes go unless `--probe` says otherwise: small answers, many operators, most of them over TLS so that no proxy can forge them. */
export const defaultProbeUrls = [
  'https://www.gstatic.com/generate_204',
  'https://cp.cloudflare.com/generate_204',
  'https://captive.apple.com/hotspot-detect.html',
  'https://detectportal.firefox.com/success.txt',
  'http://www.msftconnecttest.com/connecttest.txt',
];

const limits = { limitBytes: 16_384, closed: 'proxy-closed', malformed: 'proxy-tampered' } as const;

/**
 * One HTTP(S) request through the proxy; resolves with the milliseconds from the start until it was connected, and until the answer's first
 * line. Rejects with EngineError: the proxy's own, or `proxy-tampered` when what answers is not the test address. After `signal` aborts nothing stays open.
 */
export async function probe(client: ProxyClient, url: URL, signal: AbortSignal): Promise<{ connectMs: number; latencyMs: number }> {
  const started = performance.now();
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const opened = await client.open(signal);
  const tunnel = await opened.connect({ host, port }, signal);
  const connectMs = performance.now() - started;
  const abort = () => tunnel.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    signal.throwIfAborted(); // the listener would have come too late
    const stream = secure ? await encrypted(tunnel, host) : tunnel;
    const securedMs = performance.now() - started;
    stream.write(`GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\nUser-Agent: Mozilla/5.0\r\nConnection: close\r\n\r\n`);
    const status = await readMessage(stream, statusLine, limits);
    if (!isExpected(status, url)) throw new EngineError('proxy-tampered', `status ${status}`);
    const latencyMs = performance.now() - started;
    // Where nothing answers the request, what comes first of the destination shows what others learn by an answer.
    return { connectMs: client.isUnanswered ? (secure ? securedMs : latencyMs) : connectMs, latencyMs };
  } catch (error) {
    throw tunnel.errored instanceof EngineError ? tunnel.errored : error; // where the proxy answers only here what it was asked before
  } finally {
    signal.removeEventListener('abort', abort);
    tunnel.destroy();
  }
}

/** An address that promises an empty 204 must give one: anything else is a captive portal or a proxy that rewrites pages. */
function isExpected(status: number, url: URL): boolean {
  return url.pathname.endsWith('/generate_204') ? status === 204 : status >= 200 && status < 400;
}

const statusLine: Decode<number> = (bytes) => {
  const end = bytes.indexOf('\n');
  if (end < 0) return null;
  const match = /^HTTP\/1\.[01] (\d{3})/.exec(bytes.toString('latin1', 0, end));
  if (match === null) throw new EngineError('proxy-tampered', 'not HTTP');
  return { value: Number(match[1]), length: end + 1 };
};

/** TLS to the test address inside the tunnel. A wrong certificate there means that somebody in between reads along. */
function encrypted(tunnel: Duplex, host: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const secure = startTls({ socket: tunnel, ALPNProtocols: ['http/1.1'], ...(isIP(host) ? { host } : { servername: host }) });
    secure.once('secureConnect', () => resolve(secure));
    // Node's own code for a stream that ends or breaks within the handshake; anything else came from somebody.
    secure.on('error', (error: NodeJS.ErrnoException) =>
      reject(new EngineError(error.code === 'ECONNRESET' ? 'proxy-closed' : 'proxy-tampered', 'TLS')),
    );
    secure.once('close', () => reject(new EngineError('proxy-closed')));
  });
}
