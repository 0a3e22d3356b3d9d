import { EngineError } from '../errors.ts';
import { checkBeginning, decodeStatus, headEnd } from '../outbounds/http-codec.ts';
import type { Decode } from '../read-message.ts';

/** The longest head of an answer. */
export const longestHeadBytes = 16 * 1024;

/** Where and as whom the web server in front of a proxy is asked. Both have been checked: they are of visible ASCII. */
export interface UpgradeTarget {
  readonly path: string;
  readonly host: string;
}

/** Content networks turn away who does not name a browser. */
const userAgent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36';

/** A request to go on with something else than HTTP (RFC 9110, section 7.8). */
export function encodeUpgrade({ path, host }: UpgradeTarget, headers: Readonly<Record<string, string>> = {}): string {
  const all = { Host: host, Connection: 'Upgrade', Upgrade: 'websocket', 'User-Agent': userAgent, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/**
 * The headers of the answer that agrees, as text. Throws EngineError: `proxy-unreachable` where a web server in front says that it cannot
 * reach what is behind it, else `proxy-protocol`, as for a path that nobody serves.
 */
export const decodeUpgraded: Decode<string> = (bytes) => {
  checkBeginning(bytes, 0);
  const end = headEnd(bytes, 0);
  if (end === null) return null;
  const head = bytes.toString('latin1', 0, end);
  const status = decodeStatus(head.slice(0, head.indexOf('\n')));
  if (status !== 101) throw new EngineError(status >= 500 ? 'proxy-unreachable' : 'proxy-protocol', `HTTP ${status}`);
  return { value: head, length: end };
};
