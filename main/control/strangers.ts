import type { Socket } from 'node:net';

export interface Strangers {
  /** Counts a new connection; one too many makes the oldest stranger go. */
  admit(socket: Socket): void;
  /** This connection has shown the cookie: it is no stranger any more. */
  recognize(socket: Socket): void;
  /** Sends all strangers away, browsers' idle spare connections among them. */
  dismiss(): void;
}

/**
 * Keeps at most `limit` connections of clients that have not shown the cookie. The oldest goes, not the newest: whoever opens thousands
 * and lets them hang pushes out only their own, and the person's browser always gets in.
 */
export function createStrangers(limit: number): Strangers {
  const strangers = new Set<Socket>(); // oldest first
  return {
    admit(socket) {
      strangers.add(socket);
      socket.once('close', () => strangers.delete(socket));
      for (const oldest of strangers) {
        if (strangers.size <= limit) break;
        strangers.delete(oldest);
        oldest.destroy();
      }
    },
    recognize(socket) {
      strangers.delete(socket);
    },
    dismiss() {
      for (const socket of strangers) socket.destroy();
    },
  };
}
