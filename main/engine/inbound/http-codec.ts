import { STATUS_CODES } from 'node:http';
import { isIPv6 } from 'node:net';
import type { ErrorCode } from '../../../preload/contract.ts';
import { EngineError } from '../errors.ts';
import type { Destination } from '../outbound.ts';
import type { Decode } from '../read-message.ts';
import type { Login } from './login.ts';
import { refusalOf } from './refusal.ts';

export const longestHeadBytes = 64 * 1024;

export interface ConnectHead {
  readonly authority: string;
  readonly authorization: string | undefined;
}

/**
 * The head of a CONNECT (RFC 9110, section 9.3.6). Of any other request, and of one that is not well-formed, it takes nothing and gives
 * null, as soon as the head is complete.
 */
export const decodeConnect: Decode<ConnectHead | null> = (bytes) => {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const [requestLine = '', ...fields] = bytes.toString('latin1', 0, end).split('\r\n');
  const authority = /^CONNECT (\S+) HTTP\/1\.[01]$/.exec(requestLine)?.[1];
  if (authority === undefined || !fields.every((field) => /^[^\s:]+:/.test(field))) return { value: null, length: 0 };
  const authorization = fields
    .find((field) => /^proxy-authorization:/i.test(field))
    ?.slice('proxy-authorization:'.length)
    .trim();
  return { value: { authority, authorization }, length: end + 4 };
};

export const connectGranted = Buffer.from('HTTP/1.1 200 Connection established\r\n\r\n');

/** `host:port` with IPv6 in brackets (RFC 3986, section 3.2); without a user, and the port only optional where there is a usual one. */
export function parseAuthority(authority: string, usualPort?: number): Destination {
  const [, literal, name, port = usualPort] = /^(?:\[([^\]]*)\]|([^:@[\]]+))(?::(\d{1,5}))?$/.exec(authority) ?? [];
  const host = literal ?? name;
  if (host === undefined || port === undefined || (literal !== undefined && !isIPv6(literal))) {
    throw new EngineError('bad-request', 'not host:port');
  }
  return { host, port: Number(port) };
}

/** User name and password of a Proxy-Authorization header (RFC 7617); null where there are none. */
export function parseBasicLogin(authorization: string | undefined): Login | null {
  const encoded = /^basic +([\w+/=-]+)$/i.exec(authorization ?? '')?.[1];
  const text = Buffer.from(encoded ?? '', 'base64').toString();
  const colon = text.indexOf(':');
  return colon === -1 ? null : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

export interface Answer {
  readonly status: number;
  readonly headers: readonly string[]; // names and values in turn
  readonly body: string;
}

/** What an application is told about a failure: status, and a body that says what to do. */
export function answerOf(code: ErrorCode): Answer {
  const { status, advice } = refusalOf(code);
  const body = `${advice} (${code})\n`;
  const headers = ['Content-Type', 'text/plain; charset=utf-8', 'Content-Length', String(body.length)];
  if (status === 407) headers.push('Proxy-Authenticate', 'Basic realm="Paperplane", charset="UTF-8"');
  return { status, headers, body };
}

/** The answer as the last message of its connection. */
export function encodeAnswer({ status, headers, body }: Answer): Buffer {
  const fields = headers.reduce((text, part, i) => text + (i % 2 === 0 ? `${part}: ` : `${part}\r\n`), '');
  return Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${fields}Connection: close\r\n\r\n${body}`);
}
