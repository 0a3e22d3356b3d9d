import { median } from '../report.ts';
import { judged } from '../verdict.ts';
import type { Row } from './rows.ts';

export interface Measured {
  readonly row: Row;
  readonly rounds: Record<'paperplane' | 'peer', Record<string, number>>[];
}

/** A protocol that could not be measured. */
export interface Failed {
  readonly row: Row;
  readonly reason: string;
}

const columns = [
  { key: 'download', title: 'Download, MB/s', digits: 0 },
  { key: 'downloadProcessor', title: 'Processor seconds per GB, download', digits: 2 },
  { key: 'connections', title: 'Connections a second, each with a small GET', digits: 0 },
  { key: 'connectionsProcessor', title: 'Processor seconds per 1,000 connections', digits: 3 },
  { key: 'firstByte', title: 'Time to first byte, ms', digits: 2 },
] as const;

/** Its section of docs/BENCHMARKS.md. `warm` is the table of warm.ts. */
export function report(all: readonly (Measured | Failed)[], warm: string): string {
  const tables = columns.map(({ key, title, digits }) => {
    const lines = all.map((measured) => {
      const { title: protocol, peerName, must: musts } = measured.row;
      const must = key === 'download' || key === 'connections' ? musts[key] : undefined;
      if ('reason' in measured) return `${failedCells(measured)} | | ${judged(Number.NaN, must)} |`;
      const values = (name: 'paperplane' | 'peer') => measured.rounds.map((round) => round[name][key] ?? 0);
      const ratio = median(values('paperplane').map((value, i) => value / (values('peer')[i] ?? 0)));
      const show = (name: 'paperplane' | 'peer') => median(values(name)).toFixed(digits);
      return `| ${protocol} | ${show('paperplane')} | ${show('peer')} (${peerName}) | ${ratio.toFixed(2)} | ${judged(ratio, must)} |`;
    });
    return `| ${title} | Paperplane | other client | ratio | ratio must be | verdict |\n| --- | ---: | ---: | ---: | --- | --- |\n${lines.join('\n')}\n`;
  });
  return `${tables.join('\n')}
${lostTable(all)}
${warm}
Medians of ${all.find((row) => 'rounds' in row)?.rounds.length ?? 0} rounds; the ratio is the median of the rounds' ratios. In each round each figure is taken of Paperplane
(\`node main/headless.ts\`) and of the other client in turn, both as SOCKS5 proxies on loopback and through the same server.
`;
}

function lostTable(all: readonly (Measured | Failed)[]): string {
  const lines = all.map((measured) => {
    if ('reason' in measured) return `${failedCells(measured)} | |`;
    const lost = (name: 'paperplane' | 'peer') =>
      measured.rounds.reduce((sum, round) => sum + (round[name].connectionsLost ?? 0) + (round[name].firstByteLost ?? 0), 0);
    return `| ${measured.row.title} | ${lost('paperplane')} | ${lost('peer')} (${measured.row.peerName}) |`;
  });
  return `| Connections without an answer, of all rounds | Paperplane | other client |\n| --- | ---: | ---: |\n${lines.join('\n')}\n`;
}

function failedCells({ row, reason }: Failed): string {
  return `| ${row.title} | failed: ${reason.replace(/[|\s]+/g, ' ').slice(0, 120)}`;
}
