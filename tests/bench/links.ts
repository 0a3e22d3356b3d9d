import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { scanText } from '../../main/engine/links/index.ts';
import { median } from './report.ts';
import { verdict } from './verdict.ts';

interface LinkFigures {
  readonly kind: string;
  readonly totalMs: number; // median
  readonly longestTurnMs: number; // the longest time that the event loop was held, median
}

const rounds = 5;
const allowed = { readMs: 1500, heldMs: 50, importMs: 4000, delayMs: 50 };
const resolutionMs = 1;
const host = (index: number) => `10.0.${index >> 8}.${index & 255}`;
const kinds: Record<string, (index: number) => string> = {
  'host:port:user:pass': (index) => `${host(index)}:1080:user${index}:pass`,
  'socks5://': (index) => `socks5://user${index}:p%40ss@${host(index)}:1080#Name%20${index}`,
  'tg:// in chat': (index) =>
    `<p>[12:30] Ann: <a href="tg://socks?server=${host(index)}&amp;port=1080&amp;user=u&amp;pass=p">take this</a></p>`,
  'vless://': (index) => `vless://b831381d-6324-4d53-ad4f-8cda48b30811@${host(index)}:443?security=tls#${index}`,
  'Clash YAML': (index) =>
    `  - {name: "N ${index}", type: trojan, server: ${host(index)}, port: 443, password: pw${index}, sni: s${index}.example.com, network: ws, ws-opts: {path: /p}}`,
};

const headings: Partial<Record<string, string>> = { 'Clash YAML': 'proxies:\n' };

/** Reads 50,000 lines of each kind, in this process, which does nothing else meanwhile. */
async function measureLinks(): Promise<LinkFigures[]> {
  const figures: LinkFigures[] = [];
  for (const [kind, line] of Object.entries(kinds)) {
    const text = (headings[kind] ?? '') + Array.from({ length: 50_000 }, (_, index) => line(index)).join('\n');
    const measured = [];
    for (let round = 0; round <= rounds; round++) measured.push(await measureOnce(text));
    const counted = measured.slice(1); // the first warms up
    figures.push({
      kind,
      totalMs: median(counted.map(({ totalMs }) => totalMs)),
      longestTurnMs: median(counted.map(({ turnMs }) => turnMs)),
    });
  }
  return figures;
}

interface ImportFigures {
  readonly totalMs: number; // median
  readonly delayMs: number; // 99th percentile of the event loop's delay, median
}

/** Programs that have just started import a Clash list of 50,000, one after the other. */
async function measureImport(): Promise<ImportFigures> {
  const measured: (ImportFigures & { added: number })[] = [];
  for (let round = 0; round < rounds; round++) {
    const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'import.ts')]);
    measured.push(JSON.parse(stdout));
  }
  if (measured.some(({ added }) => added !== 50_000)) throw new Error('not all were imported');
  return { totalMs: median(measured.map(({ totalMs }) => totalMs)), delayMs: median(measured.map(({ delayMs }) => delayMs)) };
}

/** Its section of docs/BENCHMARKS.md. */
export async function measureLists(): Promise<string> {
  const lines = (await measureLinks()).map(({ kind, totalMs, longestTurnMs }) => {
    const isMet = totalMs < allowed.readMs && longestTurnMs <= allowed.heldMs;
    return `| ${kind} | ${totalMs.toFixed(0)} | ${longestTurnMs.toFixed(0)} | < ${allowed.readMs}, <= ${allowed.heldMs} | ${verdict(isMet)} |`;
  });
  const { totalMs, delayMs } = await measureImport();
  const isMet = totalMs < allowed.importMs && delayMs < allowed.delayMs;
  return `| 50,000 lines of | read in, ms | event loop held at most, ms | must | verdict |
| --- | ---: | ---: | --- | --- |
${lines.join('\n')}

By \`scanText\` in a process that does nothing else meanwhile.

| | imported in, ms | event loop's delay, p99, ms | must | verdict |
| --- | ---: | ---: | --- | --- |
| Clash list of 50,000 proxies | ${totalMs.toFixed(0)} | ${delayMs.toFixed(0)} | < ${allowed.importMs}, < ${allowed.delayMs} | ${verdict(isMet)} |

By a program that has just started: read, sealed, stored on the disk, the first ones tested. All are medians of ${rounds}.
`;
}

async function measureOnce(text: string): Promise<{ totalMs: number; turnMs: number }> {
  const delay = monitorEventLoopDelay({ resolution: resolutionMs });
  delay.enable();
  const started = performance.now();
  await scanText(text);
  const totalMs = performance.now() - started;
  delay.disable();
  return { totalMs, turnMs: delay.max / 1e6 - resolutionMs };
}
