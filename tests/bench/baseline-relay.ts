/**
 * What one writes in 40 lines with the `socks` package, to compare with: a SOCKS5 server that leads every connection through the proxy
 * at the port given as argument, with pipes both ways. Prints its port.
 */
import { createServer, type Socket } from 'node:net';
import { SocksClient } from 'socks';

const proxy = { host: '127.0.0.1', port: Number(process.argv[2]), type: 5 } as const;

const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
  client.on('error', () => client.destroy());
  client.once('data', () => {
    client.write(Buffer.of(5, 0));
    client.once('data', (request) => void serve(client, request));
  });
});

async function serve(client: Socket, request: Buffer): Promise<void> {
  const nameEnd = 5 + request.readUInt8(4);
  const destination = { host: request.toString('latin1', 5, nameEnd), port: request.readUInt16BE(nameEnd) };
  try {
    const { socket } = await SocksClient.createConnection({ proxy, command: 'connect', destination, set_tcp_nodelay: true });
    socket.on('error', () => client.destroy());
    client.on('error', () => socket.destroy());
    client.on('close', () => socket.destroy());
    client.write(Buffer.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
    client.pipe(socket);
    socket.pipe(client);
    socket.resume();
  } catch {
    client.end(Buffer.of(5, 1, 0, 1, 0, 0, 0, 0, 0, 0));
  }
}

server.listen(0, '127.0.0.1', () => console.log(JSON.stringify(server.address())));
