import { execFileSync } from 'node:child_process';
import os from 'node:os';
import { type Row, roundTripMs } from './row.ts';

/** docs/BENCHMARKS-SELECTION.md. `ownP99Ms`: how late the event loop of the lab and the load was. */
export function report(rows: readonly Row[], command: string, ownP99Ms: number): string {
  const lines = rows.map(({ what, must, measured, isMet }) => `| ${what} | ${must} | ${measured} | ${verdict(isMet)} |`);
  return `# Benchmarks of selection

Written by \`${command}\` on ${new Date().toISOString().slice(0, 10)}, at commit ${commit}.

| what | must | measured | verdict |
| --- | --- | --- | --- |
${lines.join('\n')}

- The program is the real one, \`node main/headless.ts\`, used from outside: links, endpoint, \`--json\`.
- The proxies are those of \`tests/rigs/lab.ts\`: SOCKS5 with login, ${roundTripMs} ms of round trip each, emulated by a delay in each direction. Userland
  cannot delay the TCP handshake itself: its round trip is added to the first bytes. So a refused or reset connection is known a round trip
  too early.
- A request is a new connection to the endpoint, HTTP CONNECT, and the first byte of the answer to what follows: an HTTP request, or a TLS
  ClientHello where failover is measured, because only that may be sent again.
- \`p50 back\`: from when on the median of the requests begun in each 100 ms is at most 1.25 times that of before, for half a second.
- First page: a client asks at once, and again whenever it is refused.
- All run on one machine, lab and load in one process of its own; its event loop was late by ${ownP99Ms.toFixed(0)} ms (p99), which is in the figures. Load average
  ${os.loadavg()[0]?.toFixed(1)} on ${os.cpus().length} cores when it ended.

Machine: ${os.cpus()[0]?.model ?? 'unknown'}, ${os.cpus().length} cores, ${os.type()} ${os.release()}. Node ${process.versions.node}.
`;
}

function verdict(isMet: boolean | null): string {
  return isMet === null ? 'for comparison' : isMet ? 'met' : '**missed**';
}

/** Where it began: others may commit meanwhile. */
const commit = commitNow();

function commitNow(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
