import socksPackage from 'socks/package.json' with { type: 'json' };
import { atLeast, atMost, judged, type Must } from './verdict.ts';

/** For each program its rounds, and for each round its figures. */
export type Figures = Record<'paperplane' | 'baseline' | 'upstream', Record<string, number>[]>;

/** `must`: the ratio to the relay. */
const rows: readonly { key: string; title: string; digits: number; must?: Must }[] = [
  { key: 'download', title: 'Download, MB/s', digits: 0, must: atLeast(1.2) },
  { key: 'upload', title: 'Upload, MB/s', digits: 0, must: atLeast(1.2) },
  { key: 'downloadProcessor', title: 'Processor seconds per GB, download', digits: 2, must: atMost(1) },
  { key: 'uploadProcessor', title: 'Processor seconds per GB, upload', digits: 2, must: atMost(1) },
  { key: 'connections', title: 'Connections a second, each with a small GET', digits: 0, must: atLeast(1.2) },
  { key: 'connectionsProcessor', title: 'Processor seconds per 1,000 connections', digits: 3 },
  { key: 'firstByte', title: 'Time to first byte, ms', digits: 2 },
];

/** The endpoint's section of docs/BENCHMARKS.md. */
export function report({ paperplane, baseline, upstream }: Figures): string {
  const lines = rows.map(({ key, title, digits, must }) => {
    const values = (rounds: Record<string, number>[]) => rounds.map((round) => round[key] ?? 0);
    const show = (rounds: Record<string, number>[]) => median(values(rounds)).toFixed(digits);
    // Neighbours in time are compared with each other: so the ratio is steadier than the figures.
    const ratio = median(values(paperplane).map((value, i) => value / (baseline[i]?.[key] ?? 0)));
    return `| ${title} | ${show(paperplane)} | ${show(baseline)} | ${ratio.toFixed(2)} | ${judged(ratio, must)} | ${show(upstream)} |`;
  });
  return `| | Paperplane | \`socks\` relay | ratio | ratio must be | verdict | upstream alone |
| --- | ---: | ---: | ---: | --- | --- | ---: |
${lines.join('\n')}

Medians of ${paperplane.length} rounds; the ratio is the median of the rounds' ratios. In each round each figure is taken of each program in turn.

- **Paperplane** is the real program, \`node main/headless.ts\`, with the upstream as its one SOCKS5 proxy.
- **\`socks\` relay** is \`tests/bench/baseline-relay.ts\`: a SOCKS5 server of 40 lines on the \`socks\` package ${socksPackage.version}, with pipes.
- **Upstream alone** is \`tests/bench/upstream.ts\` with nothing in between: what load generator and machine can do at most.

Each runs in a process of its own, and so does the load generator (\`tests/bench/load.ts\`), all on one machine: throughput is one stream
over loopback, connections are 32 at once. Processor seconds are those of the program alone.
`;
}

/** The middle one, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}
