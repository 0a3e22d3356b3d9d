import { afterEach } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const watched = new Set(['TCPSocketWrap', 'TCPServerWrap', 'TLSWrap', 'PipeWrap', 'Timeout', 'UDPWrap', 'ProcessWrap']);
const open = () => process.getActiveResourcesInfo().filter((kind) => watched.has(kind));

/**
 * After every test of the calling file: fails when a socket, server, timer or child process is left that was not there when this was
 * called. Closing is not instant, so it looks again for up to two seconds.
 */
export function assertNothingLeftOpen(): void {
  const before = count(open());
  afterEach(async () => {
    const deadline = Date.now() + 2000;
    for (;;) {
      const left = Object.entries(count(open())).filter(([kind, n]) => n > (before[kind] ?? 0));
      if (left.length === 0) return;
      if (Date.now() > deadline) throw new Error(`left open: ${left.map(([kind, n]) => `${n - (before[kind] ?? 0)} ${kind}`).join(', ')}`);
      await sleep(10);
    }
  });
}

function count(kinds: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
