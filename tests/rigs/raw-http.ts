import type { Socket } from 'node:net';
import { type Rig, startServer } from './loopback-server.ts';
import { readExactly, readUntil } from './streams.ts';

/** An origin on the wire: nothing between the test and its bytes. */
export interface Origin extends Rig {
  readonly heads: string[];
}

/** Reads one head, notes it, and answers with these bytes; then it ends, as told to by `Connection: close`. */
export async function startOrigin(answer: string | ((head: string, socket: Socket) => Promise<string> | string)): Promise<Origin> {
  const heads: string[] = [];
  const rig = await startServer(async (socket) => {
    const head = await readUntil(socket, '\r\n\r\n');
    heads.push(head);
    socket.end(typeof answer === 'string' ? answer : await answer(head, socket));
    socket.resume();
  });
  return Object.defineProperty(rig, 'heads', { value: heads }) as Origin;
}

/** An answer with a body of a known length. */
export const ok = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
/** A request for the endpoint. */
export const get = (port: number, path = '/') => `GET http://origin.test:${port}${path} HTTP/1.1\r\nHost: origin.test:${port}\r\n\r\n`;

/** Reads one answer with Content-Length, and leaves what comes after it. */
export async function readAnswer(client: Socket): Promise<{ head: string; body: string }> {
  const head = await readUntil(client, '\r\n\r\n');
  const length = Number(/^content-length: (\d+)\r$/im.exec(head)?.[1] ?? 0);
  return { head, body: (await readExactly(client, length)).toString() };
}

/** Status and words of the next answer. */
export const status = async (client: Socket) => (await readUntil(client, '\r\n')).slice('HTTP/1.1 '.length, -2);
