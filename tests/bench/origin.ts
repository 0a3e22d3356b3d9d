/** The destinations at ports of their own, for proxies that really connect. Prints their ports. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { acceptBulkSockets, BulkSocket } from '../../main/engine/bulk-socket.ts';
import { play } from './destinations.ts';

const ports: Record<string, number> = {};
for (const name of ['download', 'upload', 'get']) {
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (client) => {
    if (!(client instanceof BulkSocket)) throw new Error('not a bulk socket');
    client.on('error', () => client.destroy());
    client.on('end', () => client.end());
    play(name, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  acceptBulkSockets(server);
  ports[name] = (server.address() as AddressInfo).port;
}
console.log(JSON.stringify({ port: ports.get, ports }));
