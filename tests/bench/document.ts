/** docs/BENCHMARKS.md: a section for each thing that is measured, written by the command that measured it. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';

const file = join(import.meta.dirname, '../../docs/BENCHMARKS.md');

/** In the order in which the document has them. */
export const titles = [
  'The endpoint',
  'Lists read and imported',
  'The switch for the whole system',
  'Selection',
  'Encrypted protocols',
  'Ciphers',
] as const;
export type Title = (typeof titles)[number];

/** As the program was loaded: the run itself keeps the machine busy, and others may commit meanwhile. */
const before = { commit: commitNow(), load: os.loadavg()[0] ?? 0 };

/** Prints a section and writes it into the document in place of the old one. `command` is what repeats the run; `body` is Markdown without headings. */
export function writeSection(title: Title, command: string, body: string): void {
  const text = `${origin(command)}\n\n${body.trim()}\n`;
  console.log(`## ${title}\n\n${text}`);
  writeFileSync(file, withSection(readFileSync(file, 'utf8'), title, text));
}

/** The document with this section in place of the old one, or where it belongs; all others stay byte for byte. */
export function withSection(document: string, title: Title, text: string): string {
  const [top, ...sections] = document.trimEnd().split(/\n\n(?=## )/);
  const ranks = sections.map((section) => titles.findIndex((title) => section.startsWith(`## ${title}\n`)));
  const rank = titles.indexOf(title);
  const later = ranks.findIndex((other) => other >= rank);
  const place = later < 0 ? sections.length : later;
  const replaced = sections.toSpliced(place, ranks[place] === rank ? 1 : 0, `## ${title}\n\n${text.trim()}`);
  return `${[top, ...replaced].join('\n\n')}\n`;
}

function origin(command: string): string {
  const { node, openssl, uv } = process.versions;
  const machine = `${os.cpus()[0]?.model ?? 'unknown'}, ${os.cpus().length} cores, ${os.type()} ${os.release()}`;
  return `Written by \`${command}\` on ${new Date().toISOString().slice(0, 10)}, at commit ${before.commit}; ${machine}, Node ${node}
(OpenSSL ${openssl}, libuv ${uv}); load average before: ${before.load.toFixed(1)}.`;
}

function commitNow(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', cwd: import.meta.dirname }).trim();
  } catch {
    return 'unknown';
  }
}
