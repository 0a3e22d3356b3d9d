import type { ErrorCode } from '../../../preload/contract.ts';
import { EngineError } from '../errors.ts';
import type { Destination } from '../outbound.ts';
import type { Decode } from '../read-message.ts';
import type { Login } from './definition.ts';
import { hostAndPort } from './destination.ts';

/** What all heads of an answer may have together. */
export const longestHeadBytes = 64 * 1024;

/** CONNECT (RFC 9110, section 9.3.6), with Basic credentials in UTF-8 (RFC 7617) unless both parts of the login are empty. */
export function encodeConnect(destination: Destination, { username, password }: Login): string {
  const target = hostAndPort(destination);
  const credentials = Buffer.from(`${username}:${password}`).toString('base64');
  const authorization = username || password ? `Proxy-Authorization: Basic ${credentials}\r\n` : '';
  return `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${authorization}\r\n`;
}

/**
 * The status of the final answer to CONNECT; interim answers (1xx) are skipped. The length is that of the heads alone: on a 2xx everything
 * after the blank line is the tunnel's, whatever Content-Length and Transfer-Encoding say (RFC 9110, section 9.3.6). Lines may end in a
 * bare LF (RFC 9112, section 2.2). Throws `proxy-protocol` at the first byte that cannot be HTTP.
 */
export const decodeAnswer: Decode<number> = (bytes) => {
  for (let start = 0; ; ) {
    checkBeginning(bytes, start);
    const end = headEnd(bytes, start);
    if (end === null) return null;
    const status = decodeStatus(bytes.toString('latin1', start, bytes.indexOf('\n', start)));
    if (status >= 200) return { value: status, length: end };
    start = end;
  }
};

const beginning = Buffer.from('HTTP/1.');

/** Throws `proxy-protocol` at the first byte that cannot be the start of an answer. */
export function checkBeginning(bytes: Buffer, start: number): void {
  const seen = bytes.subarray(start, start + beginning.length);
  if (seen.compare(beginning, 0, seen.length) !== 0) throw new EngineError('proxy-protocol', 'not HTTP');
}

/** Where the head that starts there ends, with its blank line; null while it does not. */
export function headEnd(bytes: Buffer, start: number): number | null {
  for (let at = bytes.indexOf('\n', start); at !== -1; at = bytes.indexOf('\n', at + 1)) {
    if (bytes[at + 1] === 0x0a) return at + 2;
    if (bytes[at + 1] === 0x0d && bytes[at + 2] === 0x0a) return at + 3;
  }
  return null;
}

/** The status in the first line of an answer. Throws `proxy-protocol`. */
export function decodeStatus(line: string): number {
  const status = /^HTTP\/1\.[01] +(\d{3})(?:[ \r]|$)/.exec(line)?.[1];
  if (status === undefined) throw new EngineError('proxy-protocol', 'status line');
  return Number(status);
}

/** What a status that is not 2xx means for a CONNECT. */
export function statusError(status: number, loginSent: boolean): EngineError {
  const code = status === 407 && !loginSent ? 'proxy-login-required' : codes[status];
  return new EngineError(code ?? 'proxy-failed', `HTTP ${status}`);
}

/**
 * 502 and 503 are what proxies say when they could not reach the destination (squid 503, nginx and most others 502). An overloaded proxy
 * says 503 too, but to blame the proxy would let one dead site turn every proxy down; a proxy that always answers so fails its probes.
 * 500 is tinyproxy's word for the same, and everyone else's for a fault of their own: it stays `proxy-failed`.
 */
const codes: Record<number, ErrorCode> = {
  401: 'proxy-login-rejected', // tinyproxy, for a wrong login
  403: 'destination-forbidden',
  405: 'proxy-unsupported',
  407: 'proxy-login-rejected',
  501: 'proxy-unsupported',
  502: 'destination-unreachable',
  503: 'destination-unreachable',
  504: 'destination-timeout',
};
