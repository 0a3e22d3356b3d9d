/** Without a connection for so long there is no traffic. A tunnel would not wait longer. */
const idleMs = 10_000;
const rateWindowMs = 2000;
/** Connections come in bunches: so many times what comes in the mean. */
const headroom = 2;
const most = 4;

/**
 * How many opened tunnels should wait: as many as connections may come while another one is opened, at least one and at most four, and none
 * without traffic. A program that connects once in a while gets none either, or the proxy would see twice its connections: the first one after
 * a pause brings a tunnel only if the one before was not alone between two pauses. Pure. `uses`: when connections were made, oldest first;
 * `openMs`: how long opening takes; all in milliseconds.
 */
export function wantedTunnels(uses: readonly number[], openMs: number, now: number): number {
  const [beforeThat, before, last] = [uses.at(-3), uses.at(-2), uses.at(-1)];
  if (last === undefined || now - last > idleMs) return 0;
  const isAlone = before !== undefined && last - before > idleMs;
  const wasAlone = before !== undefined && (beforeThat === undefined || before - beforeThat > idleMs);
  if (isAlone && wasAlone) return 0;
  const perMs = uses.filter((at) => now - at <= rateWindowMs).length / rateWindowMs;
  return Math.min(most, Math.max(1, Math.ceil(perMs * openMs * headroom)));
}
