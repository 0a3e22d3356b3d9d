import type { BulkSocket } from '../../main/engine/bulk-socket.ts';

const block = Buffer.alloc(64 * 1024, 'paperplane');
const answer = Buffer.from('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n');

/** Destinations: `download` sends without end, `upload` swallows and tells how much it was, anything else answers one HTTP request. */
export function play(name: string | undefined, client: BulkSocket): void {
  if (name === 'download') sendForEver(client);
  else if (name === 'upload') countToEnd(client);
  else {
    const sink = () => {
      client.end(answer);
      return true;
    };
    client.pour({ sink });
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
  const sink = (chunk: Buffer) => {
    bytes += chunk.length;
    return true;
  };
  client.pour({ sink, isQuick: true });
  client.prependListener('end', () => client.write(String(bytes)));
}
