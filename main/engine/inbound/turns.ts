import type { Socket } from 'node:net';

export interface TurnsOptions {
  /** The client has something under way, or nothing. */
  onBusy(client: Socket): void;
  onIdle(client: Socket): void;
}

const longestQueue = 100;

/**
 * Does what one client asks one after the other, although it may ask ahead (pipelining): so a client never has more than one connection to
 * an origin. Whoever asks absurdly far ahead is cut off. Tasks do not reject; none is begun for a client that is gone.
 */
export function createTurns({ onBusy, onIdle }: TurnsOptions): (client: Socket, task: () => Promise<void>) => void {
  const queues = new WeakMap<Socket, { length: number; last: Promise<void> }>();
  return (client, task) => {
    const queue = queues.get(client) ?? { length: 0, last: Promise.resolve() };
    queues.set(client, queue);
    queue.length++;
    if (queue.length > longestQueue) return void client.destroy();
    onBusy(client);
    queue.last = queue.last.then(async () => {
      if (!client.destroyed) await task();
      queue.length--;
      if (queue.length === 0) onIdle(client);
    });
  };
}
