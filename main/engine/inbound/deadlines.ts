import type { Socket } from 'node:net';

/** Destroys clients that were started and not stopped within `timeoutMs`. */
export interface Deadlines {
  start(client: Socket): void;
  stop(client: Socket): void;
  /** Destroys all that are started now. */
  destroyAll(): void;
}

/** One timer for all: as all have the same time, the one that was started first is always the next to be cut. */
export function createDeadlines(timeoutMs: number): Deadlines {
  const startedAt = new Map<Socket, number>();
  let isArmed = false;
  const sweep = () => {
    isArmed = false;
    for (const [client, since] of startedAt) {
      const leftMs = since + timeoutMs - performance.now();
      if (leftMs > 0) return arm(leftMs);
      startedAt.delete(client);
      client.destroy();
    }
  };
  const arm = (delayMs: number) => {
    if (isArmed) return;
    isArmed = true;
    setTimeout(sweep, delayMs).unref();
  };
  return {
    start(client) {
      startedAt.delete(client); // to the end of the line
      startedAt.set(client, performance.now());
      arm(timeoutMs);
    },
    stop: (client) => void startedAt.delete(client),
    destroyAll() {
      for (const client of startedAt.keys()) client.destroy();
      startedAt.clear();
    },
  };
}
