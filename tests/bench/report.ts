import { readFileSync } from 'node:fs';
import os from 'node:os';
import socksPackage from 'socks/package.json' with { type: 'json' };
import type { ImportFigures, LinkFigures } from './links.ts';

/** For each program its rounds, and for each round its figures. */
export type Figures = Record<'paperplane' | 'baseline' | 'upstream', Record<string, number>[]>;

const rows = [
  { key: 'download', title: 'Download, MB/s', digits: 0 },
  { key: 'upload', title: 'Upload, MB/s', digits: 0 },
  { key: 'downloadProcessor', title: 'Processor seconds per GB, download', digits: 2 },
  { key: 'uploadProcessor', title: 'Processor seconds per GB, upload', digits: 2 },
  { key: 'connections', title: 'Connections a second, each with a small GET', digits: 0 },
  { key: 'connectionsProcessor', title: 'Processor seconds per 1,000 connections', digits: 3 },
  { key: 'firstByte', title: 'Time to first byte, ms', digits: 2 },
] as const;

/**
 * docs/BENCHMARKS.md. `links`: how fast pasted text is read; `imported`: a whole import of a list. `loadBefore` is the machine's load average over
 * a minute, before.
 */
export function report(
  { paperplane, baseline, upstream }: Figures,
  links: readonly LinkFigures[],
  imported: ImportFigures,
  loadBefore: number,
): string {
  const lines = rows.map(({ key, title, digits }) => {
    const values = (rounds: Record<string, number>[]) => rounds.map((round) => round[key] ?? 0);
    const show = (rounds: Record<string, number>[]) => median(values(rounds)).toFixed(digits);
    // Neighbours in time are compared with each other: so the ratio is steadier than the figures.
    const ratio = median(values(paperplane).map((value, i) => value / (baseline[i]?.[key] ?? 0)));
    return `| ${title} | ${show(paperplane)} | ${show(baseline)} | ${ratio.toFixed(2)} | ${show(upstream)} |`;
  });
  return `# Benchmarks

Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}.

| | Paperplane | \`socks\` relay | ratio | upstream alone |
| --- | ---: | ---: | ---: | ---: |
${lines.join('\n')}

Medians of ${paperplane.length} rounds; the ratio is the median of the rounds' ratios. In each round each figure is taken of each program in turn.

- **Paperplane** is the real program, \`node main/headless.ts\`, with the upstream as its one SOCKS5 proxy.
- **\`socks\` relay** is \`tests/bench/baseline-relay.ts\`: a SOCKS5 server of 40 lines on the \`socks\` package ${socksPackage.version}, with pipes.
- **Upstream alone** is \`tests/bench/upstream.ts\` with nothing in between: what load generator and machine can do at most.

Each runs in a process of its own, and so does the load generator (\`tests/bench/load.ts\`), all on one machine: throughput is one stream
over loopback, connections are 32 at once. Processor seconds are those of the program alone.

| 50,000 lines of | read in, ms | event loop held at most, ms |
| --- | ---: | ---: |
${links.map(({ kind, totalMs, longestTurnMs }) => `| ${kind} | ${totalMs.toFixed(0)} | ${longestTurnMs.toFixed(0)} |`).join('\n')}

Medians of five, by \`scanText\` in a process that does nothing else meanwhile.

A program that has just started imports a Clash list of 50,000 proxies in ${(imported.totalMs / 1000).toFixed(1)} s: read, sealed, stored on the disk, the
first ones tested. Meanwhile the event loop's delay is ${imported.delayMs.toFixed(0)} ms at the 99th percentile. Medians of five.

Machine: ${os.cpus()[0]?.model ?? 'unknown'}, ${os.cpus().length} cores, ${kernel()}. Node ${process.versions.node}, libuv ${process.versions.uv}.
Load average when it began: ${loadBefore.toFixed(1)}. Above 1, other programs had their share of these figures.
`;
}

/** The middle one, or the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}

function kernel(): string {
  if (process.platform !== 'linux') return `${os.type()} ${os.release()}`;
  return readFileSync('/proc/version', 'utf8').split(' ').slice(0, 3).join(' ');
}
