/**
 * The proxy behind everything that is measured: the least that a SOCKS5 server can do, so that it is not what limits. Like most of them it reads
 * message by message, however they come. It plays the destinations itself, by name: `download` sends without end, `upload` swallows and tells
 * how much it was, anything else answers one HTTP request. Prints its address.
 */
import { createServer } from 'node:net';
import { BulkSocket, bulkSocketOf } from '../../main/engine/bulk-socket.ts';
import { decodeGreeting, decodeRequest, longestMessageBytes } from '../../main/engine/inbound/socks5-codec.ts';
import { readMessage } from '../../main/engine/read-message.ts';

const block = Buffer.alloc(64 * 1024, 'paperplane');
const chosen = Buffer.of(5, 0);
const granted = Buffer.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0);
const answer = Buffer.from('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n');

const limits = { limitBytes: longestMessageBytes, closed: 'aborted', malformed: 'bad-request' } as const;

const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (accepted) => {
  const client = bulkSocketOf(accepted);
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

function play(name: string | undefined, client: BulkSocket): void {
  if (name === 'download') sendForEver(client);
  else if (name === 'upload') countToEnd(client);
  else {
    client.pour(() => {
      client.end(answer);
      return true;
    });
  }
}

function sendForEver(client: BulkSocket): void {
  const send = () => {
    while (client.write(block) || client.writableLength === 0);
  };
  client.on('drain', send);
  send();
}

function countToEnd(client: BulkSocket): void {
  let bytes = 0;
  client.pour((chunk) => {
    bytes += chunk.length;
    return true;
  });
  client.prependListener('end', () => client.write(String(bytes)));
}

server.listen(0, '127.0.0.1', () => console.log(JSON.stringify(server.address())));
