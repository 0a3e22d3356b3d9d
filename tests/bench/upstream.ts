/**
 * The proxy behind everything that is measured: the least that a SOCKS5 server can do, so that it is not what limits. Like most of them it reads
 * message by message, however they come. It plays the destinations itself, by name. Prints its address.
 */
import { createServer } from 'node:net';
import { acceptBulkSockets, BulkSocket } from '../../main/engine/bulk-socket.ts';
import { decodeGreeting, decodeRequest, longestMessageBytes } from '../../main/engine/inbound/socks5-codec.ts';
import { readMessage } from '../../main/engine/read-message.ts';
import { play } from './destinations.ts';

const chosen = Buffer.of(5, 0);
const granted = Buffer.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0);

const limits = { limitBytes: longestMessageBytes, closed: 'aborted', malformed: 'bad-request' } as const;

const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) => {
  if (!(client instanceof BulkSocket)) throw new Error('not a bulk socket');
  client.on('error', () => client.destroy());
  client.on('end', () => client.end());
  serve(client).catch(() => client.destroy());
});

async function serve(client: BulkSocket): Promise<void> {
  await readMessage(client, decodeGreeting, limits);
  client.write(chosen);
  const { destination } = await readMessage(client, decodeRequest, limits);
  client.write(granted);
  play(destination?.host, client);
}

server.listen(0, '127.0.0.1', () => {
  acceptBulkSockets(server);
  console.log(JSON.stringify(server.address()));
});
