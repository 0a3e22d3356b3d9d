import os from 'node:os';
import { median } from '../report.ts';

export interface Measured {
  readonly title: string;
  readonly peerName: string;
  readonly rounds: Record<'paperplane' | 'peer', Record<string, number>>[];
}

/** A protocol that could not be measured. */
export interface Failed {
  readonly title: string;
  readonly reason: string;
}

const columns = [
  { key: 'download', title: 'Download, MB/s', digits: 0 },
  { key: 'downloadProcessor', title: 'Processor seconds per GB, download', digits: 2 },
  { key: 'connections', title: 'Connections a second, each with a small GET', digits: 0 },
  { key: 'connectionsProcessor', title: 'Processor seconds per 1,000 connections', digits: 3 },
  { key: 'firstByte', title: 'Time to first byte, ms', digits: 2 },
] as const;

/** docs/BENCHMARKS-PROTOCOLS.md. `warm` is the table of warm.ts, `loadBefore` the machine's load average over a minute, before. */
export function report(all: readonly (Measured | Failed)[], warm: string, loadBefore: number): string {
  const tables = columns.map(({ key, title, digits }) => {
    const lines = all.map((row) => {
      if ('reason' in row) return failedLine(row);
      const { title: protocol, peerName, rounds } = row;
      const values = (name: 'paperplane' | 'peer') => rounds.map((round) => round[name][key] ?? 0);
      const ratio = median(values('paperplane').map((value, i) => value / (values('peer')[i] ?? 0)));
      const show = (name: 'paperplane' | 'peer') => median(values(name)).toFixed(digits);
      return `| ${protocol} | ${show('paperplane')} | ${show('peer')} (${peerName}) | ${ratio.toFixed(2)} |`;
    });
    return `| ${title} | Paperplane | other client | ratio |\n| --- | ---: | ---: | ---: |\n${lines.join('\n')}\n`;
  });
  const measured = all.filter((row) => 'rounds' in row);
  return `# Benchmarks of encrypted protocols

Written by \`npm run bench:protocols\` on ${new Date().toISOString().slice(0, 10)}.

${tables.join('\n')}
${lostTable(all)}
${warm}
Medians of ${measured[0]?.rounds.length ?? 0} rounds; the ratio is the median of the rounds' ratios. In each round each figure is taken of Paperplane
(\`node main/headless.ts\`) and of the other client in turn, both as SOCKS5 proxies on loopback and through the same server. All processes share
one machine: ${os.cpus()[0]?.model ?? 'unknown'}, ${os.cpus().length} cores, Node ${process.versions.node}. Load average when it began:
${loadBefore.toFixed(1)}. Above 1, other programs had their share of these figures.
`;
}

function lostTable(all: readonly (Measured | Failed)[]): string {
  const lines = all.map((row) => {
    if ('reason' in row) return failedLine(row);
    const lost = (name: 'paperplane' | 'peer') =>
      row.rounds.reduce((sum, round) => sum + (round[name].connectionsLost ?? 0) + (round[name].firstByteLost ?? 0), 0);
    return `| ${row.title} | ${lost('paperplane')} | ${lost('peer')} (${row.peerName}) | |`;
  });
  return `| Connections without an answer, of all rounds | Paperplane | other client | |\n| --- | ---: | ---: | ---: |\n${lines.join('\n')}\n`;
}

function failedLine({ title, reason }: Failed): string {
  return `| ${title} | failed: ${reason.replace(/[|\s]+/g, ' ').slice(0, 120)} | | |`;
}
