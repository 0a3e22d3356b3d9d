import type { Socket } from 'node:net';
import type { ErrorCode } from '../../../preload/contract.ts';
import { errorCode } from '../errors.ts';
import * as codec from './http-codec.ts';
import { createForwarder } from './http-forwarder.ts';
import { createLoginCheck, type Login } from './login.ts';
import { dismiss, type Serve, type TunnelOptions, tunnel } from './session.ts';

/**
 * CONNECT (RFC 9110, section 9.3.6) and plain `http://` requests, with a Basic login (RFC 7617) when there is one. Opened by the head of
 * a CONNECT, or by null for any other request, which is still unread.
 */
export function createHttpServer(login: Login | undefined, options: TunnelOptions): Serve<codec.ConnectHead | null> {
  const { deadlines } = options;
  const isWanted = login && createLoginCheck(login);
  const isAllowed = (authorization: string | undefined) => {
    const given = codec.parseBasicLogin(authorization);
    return !isWanted || (given !== null && isWanted(given));
  };
  const refusal = (code: ErrorCode) => codec.encodeAnswer(codec.answerOf(code));

  const onConnect = async (client: Socket, { authority, authorization }: codec.ConnectHead) => {
    if (!isAllowed(authorization)) return dismiss(client, refusal('login-required'), deadlines);
    try {
      await tunnel(client, { destination: codec.parseAuthority(authority), granted: codec.connectGranted, refusal }, options);
    } catch (error) {
      dismiss(client, refusal(errorCode(error)), deadlines);
    }
  };
  const forward = createForwarder({
    ...options,
    isAllowed,
    onConnect,
    onBusy: deadlines.stop,
    onIdle: (client) => client.destroyed || deadlines.start(client),
  });

  return (client, opening) => (opening ? onConnect(client, opening) : forward(client));
}
