import type { Duplex } from 'node:stream';
import { EngineError } from '../errors.ts';
import type { Destination, Outbound, Protocol, ProxyClient } from '../outbound.ts';
import { type Decode, readMessage } from '../read-message.ts';
import { checkLoginLength, createDefinition, type Login } from './definition.ts';
import { createProxyClient, reach } from './proxy-client.ts';
import * as codec from './socks5-codec.ts';
import { associate } from './socks5-datagrams.ts';
import { underSignal } from './under-signal.ts';

/** SOCKS5 (RFC 1928) with or without a login (RFC 1929). `socks:` and `socks5h:` mean the same: names always go to the proxy. */
export const socks5: Protocol = {
  schemes: ['socks5', 'socks5h', 'socks'],
  parse(link) {
    checkLoginLength(link);
    return createDefinition(link, {
      scheme: 'socks5',
      protocol: 'SOCKS5',
      encrypted: false,
      query: link.query,
      createClient: createSocks5Client,
    });
  },
};

/**
 * The halves say one message at a time: several servers lose what comes in one segment with the message before. `moreMethods` are named in
 * their greeting too, but no server may choose them. `connectAtOnce` is for the other servers.
 */
export function createSocks5Client(proxy: Destination, login: Login, via: Outbound, moreMethods: readonly number[] = []): ProxyClient {
  const { openPackets } = via;
  return {
    ...createProxyClient(proxy, via, {
      greet: (stream) => greet(stream, login, moreMethods),
      ask,
      greetAndAsk: (stream, destination) => greetAndAsk(stream, login, destination),
    }),
    ...(openPackets && {
      async openDatagrams(signal) {
        const control = await reach(proxy, via, signal);
        await underSignal(control, signal, () => greet(control, login));
        return associate(control, openPackets, signal);
      },
    }),
  };
}

// With a login both: a proxy that wants none need not know about logins, and such links are common.
function usableMethods({ username, password }: Login): readonly number[] {
  return username || password ? [codec.methods.none, codec.methods.login] : [codec.methods.none];
}

async function greet(stream: Duplex, login: Login, moreMethods: readonly number[] = []): Promise<void> {
  const usable = usableMethods(login);
  stream.write(codec.encodeGreeting([...usable, ...moreMethods]));
  if ((await readChoice(stream, usable)) !== codec.methods.login) return;
  stream.write(codec.encodeLogin(login));
  await readLoginStatus(stream);
}

async function ask(stream: Duplex, destination: Destination): Promise<void> {
  stream.write(codec.encodeConnect(destination));
  await readReply(stream, destination);
}

/** What follows the greeting must be right whatever the server chooses, so it is left no choice. */
async function greetAndAsk(stream: Duplex, login: Login, destination: Destination): Promise<void> {
  const usable = usableMethods(login).slice(-1);
  const hasLogin = usable.includes(codec.methods.login);
  const loginMessages = hasLogin ? [codec.encodeLogin(login)] : [];
  stream.write(Buffer.concat([codec.encodeGreeting(usable), ...loginMessages, codec.encodeConnect(destination)]));
  await readChoice(stream, usable);
  if (hasLogin) await readLoginStatus(stream);
  await readReply(stream, destination);
}

async function readChoice(stream: Duplex, usable: readonly number[]): Promise<number> {
  const choice = await read(stream, codec.decodeChoice);
  if (usable.includes(choice)) return choice;
  if (choice !== codec.methods.noneAcceptable) throw new EngineError('proxy-protocol', `method ${choice} was not offered`);
  throw new EngineError(usable.includes(codec.methods.login) ? 'proxy-unsupported' : 'proxy-login-required');
}

async function readLoginStatus(stream: Duplex): Promise<void> {
  if (!(await read(stream, codec.decodeLoginStatus))) throw new EngineError('proxy-login-rejected');
}

async function readReply(stream: Duplex, destination: Destination): Promise<void> {
  const reply = await read(stream, codec.decodeReply);
  if (reply !== 0) throw codec.connectError(reply, destination);
}

function read<T>(stream: Duplex, decode: Decode<T>): Promise<T> {
  return readMessage(stream, decode, { limitBytes: codec.longestReplyBytes, closed: 'proxy-closed', malformed: 'proxy-protocol' });
}
