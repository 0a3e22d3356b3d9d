import type { Duplex } from 'node:stream';
import { EngineError } from '../errors.ts';
import type { Destination, Outbound, Protocol, ProxyClient } from '../outbound.ts';
import { type Decode, readMessage } from '../read-message.ts';
import { checkLoginLength, createDefinition, type Login } from './definition.ts';
import { createProxyClient } from './proxy-client.ts';
import * as codec from './socks5-codec.ts';

/** SOCKS5 (RFC 1928) with or without a login (RFC 1929). `socks:` and `socks5h:` mean the same: names always go to the proxy. */
export const socks5: Protocol = {
  schemes: ['socks5', 'socks5h', 'socks'],
  parse(link) {
    checkLoginLength(link);
    return createDefinition(link, { scheme: 'socks5', protocol: 'SOCKS5', encrypted: false, createClient: createSocks5Client });
  },
};

/**
 * One message at a time: several servers lose what comes in one segment with the message before. `moreMethods` are named in the greeting
 * too, but no server may choose them.
 */
export function createSocks5Client(proxy: Destination, login: Login, via: Outbound, moreMethods: readonly number[] = []): ProxyClient {
  const greeting = codec.encodeGreeting([...usableMethods(login), ...moreMethods]);
  return createProxyClient(proxy, via, { greet: (stream) => greet(stream, greeting, login), ask });
}

// With a login both: a proxy that wants none need not know about logins, and such links are common.
function usableMethods({ username, password }: Login): readonly number[] {
  return username || password ? [codec.methods.none, codec.methods.login] : [codec.methods.none];
}

async function greet(stream: Duplex, greeting: Buffer, login: Login): Promise<void> {
  const offered = usableMethods(login);
  stream.write(greeting);
  const choice = await read(stream, codec.decodeChoice);
  if (choice === codec.methods.noneAcceptable) throw new EngineError(offered.length > 1 ? 'proxy-unsupported' : 'proxy-login-required');
  if (!offered.includes(choice)) throw new EngineError('proxy-protocol', `method ${choice} was not offered`);
  if (choice === codec.methods.none) return;

  stream.write(codec.encodeLogin(login));
  if (!(await read(stream, codec.decodeLoginStatus))) throw new EngineError('proxy-login-rejected');
}

async function ask(stream: Duplex, destination: Destination): Promise<void> {
  stream.write(codec.encodeConnect(destination));
  const reply = await read(stream, codec.decodeReply);
  if (reply !== 0) throw codec.replyError(reply);
}

function read<T>(stream: Duplex, decode: Decode<T>): Promise<T> {
  return readMessage(stream, decode, { limitBytes: codec.longestReplyBytes, closed: 'proxy-closed', malformed: 'proxy-protocol' });
}
