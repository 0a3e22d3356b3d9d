import { verdict } from '../verdict.ts';
import { type Row, roundTripMs } from './row.ts';

/** Its section of docs/BENCHMARKS.md. `ownP99Ms`: how late the event loop of the lab and the load was. */
export function report(rows: readonly Row[], ownP99Ms: number): string {
  const lines = rows.map(({ what, must, measured, isMet }) => `| ${what} | ${must} | ${measured} | ${verdict(isMet)} |`);
  return `| what | must | measured | verdict |
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
- All run on one machine, lab and load in one process of its own; its event loop was late by ${ownP99Ms.toFixed(0)} ms (p99), which is in the figures.
`;
}
