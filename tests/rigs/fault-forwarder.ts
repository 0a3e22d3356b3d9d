import { once } from 'node:events';
import net, { type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Rig, startServer } from './loopback-server.ts';
import { join } from './streams.ts';

/** What goes wrong between a client and the server behind the forwarder. Each concerns what the server says, unless it tells otherwise. */
export interface Faults {
  readonly blackhole?: boolean; // takes everything, says nothing
  readonly reset?: boolean; // resets the connection when the client first says something
  readonly cutAfterBytes?: number; // closes both sides once that much was passed on
  readonly muteAfterBytes?: number; // passes that much on and nothing more, and closes nothing
  readonly resetOnHello?: boolean; // resets the connection when the client begins a TLS handshake through it
  readonly dribble?: boolean; // one byte at a time
  readonly garbage?: Uint8Array; // says this instead, and ends
  readonly late?: Promise<unknown>; // passes nothing on before this
}

export interface Forwarder extends Rig {
  /** How much the server has said on the last connection, where no fault stood in between. */
  readonly downBytes: number;
}

/** A TCP forwarder to `target` on loopback. Without faults it is transparent. */
export async function startForwarder(target: { host: string; port: number }, faults: Faults = {}): Promise<Forwarder> {
  let downBytes = 0;
  const rig = await startServer(async (client) => {
    if (faults.blackhole) return void client.resume().once('end', () => client.destroy());
    if (faults.garbage) return void client.resume().end(faults.garbage);
    if (faults.reset) {
      await once(client, 'readable');
      return void client.resetAndDestroy();
    }
    const server = net.connect({ ...target, allowHalfOpen: true, noDelay: true });
    downBytes = 0;
    server.on('error', () => client.destroy());
    client.once('close', () => server.destroy());
    await once(server, 'connect');
    if (faults.resetOnHello) {
      client.on('data', ([first]: Buffer) => first === tlsHandshake && client.resetAndDestroy());
      join(client, server);
    } else if (changesBytes(faults)) {
      client.pipe(server);
      await passOn(server, client, faults);
    } else {
      server.on('data', (chunk) => {
        downBytes += chunk.length;
      });
      join(client, server);
    }
  });
  return Object.defineProperty(rig, 'downBytes', { get: () => downBytes }) as Forwarder;
}

const tlsHandshake = 22;

function changesBytes({ cutAfterBytes, muteAfterBytes, dribble, late }: Faults): boolean {
  return [cutAfterBytes, muteAfterBytes, late].some((fault) => fault !== undefined) || dribble === true;
}

async function passOn(server: Socket, client: Socket, faults: Faults): Promise<void> {
  const isMute = faults.muteAfterBytes !== undefined;
  let left = faults.cutAfterBytes ?? faults.muteAfterBytes ?? Number.POSITIVE_INFINITY;
  if (left === 0 && !isMute) return void client.destroy();
  await faults.late;
  for await (const chunk of server as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length && left > 0; ) {
      const piece = chunk.subarray(at, at + Math.min(left, faults.dribble ? 1 : chunk.length));
      await new Promise((done) => client.write(piece, done));
      if (faults.dribble) await nextTurn(); // else the kernel would hand all bytes over as one
      at += piece.length;
      left -= piece.length;
      if (left === 0 && !isMute) return void client.destroy();
    }
  }
  client.end();
}
