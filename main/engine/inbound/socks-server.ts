import type { Socket } from 'node:net';
import { type Decode, readMessage } from '../read-message.ts';
import { createLoginCheck, type Login } from './login.ts';
import { refusalOf } from './refusal.ts';
import { dismiss, type Serve, type TunnelOptions, tunnel } from './session.ts';
import * as socks4 from './socks4-codec.ts';
import * as socks5 from './socks5-codec.ts';
import type { Associate } from './udp-association.ts';

/** RFC 1928, with user name and password (RFC 1929) when there is a login: then no other method is taken. Opened by a greeting. */
export function createSocks5Server(login: Login | undefined, options: TunnelOptions, associate: Associate): Serve<Uint8Array> {
  const isWanted = login && createLoginCheck(login);
  const method = login ? socks5.methods.login : socks5.methods.none;
  const { deadlines } = options;
  const { encodeReply, replies } = socks5;

  return async (client, offered) => {
    if (!offered.includes(method)) return dismiss(client, socks5.encodeChoice(socks5.methods.noneAcceptable), deadlines);
    client.write(socks5.encodeChoice(method));
    if (isWanted) {
      if (!isWanted(await read(client, socks5.decodeLogin))) return dismiss(client, socks5.encodeLoginStatus(false), deadlines);
      client.write(socks5.encodeLoginStatus(true));
    }
    const { command, destination } = await read(client, socks5.decodeRequest);
    if (command === socks5.associateCommand) return associate(client);
    if (command !== socks5.connectCommand) return dismiss(client, encodeReply(replies.commandNotSupported), deadlines);
    if (destination === null) return dismiss(client, encodeReply(replies.addressTypeNotSupported), deadlines);
    const refusal = (code: Parameters<typeof refusalOf>[0]) => encodeReply(refusalOf(code).reply);
    await tunnel(client, { destination, granted: encodeReply(replies.granted), refusal }, options);
  };
}

/** SOCKS4 and 4a. They have no password, so with a login every request is refused. Opened by the request. */
export function createSocks4Server(login: Login | undefined, options: TunnelOptions): Serve<socks4.Socks4Request> {
  const refused = socks4.encodeReply(false);
  return (client, { command, destination }) => {
    if (login || command !== socks4.connectCommand) return dismiss(client, refused, options.deadlines);
    return tunnel(client, { destination, granted: socks4.encodeReply(true), refusal: () => refused }, options);
  };
}

function read<T>(client: Socket, decode: Decode<T>): Promise<T> {
  return readMessage(client, decode, { limitBytes: socks5.longestMessageBytes, closed: 'aborted', malformed: 'bad-request' });
}
