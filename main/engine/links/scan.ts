import type { Rejection } from '../../../preload/contract.ts';
import type { LinkError } from '../errors.ts';
import type { ProxyDefinition } from '../outbound.ts';
import { splitLines } from './cut.ts';
import { createPacer, type Pacer } from './pacer.ts';
import { readLine } from './read-line.ts';
import type { SubscriptionAddress } from './subscription-address.ts';

export interface ScanResult {
  readonly found: { line: number; definition: ProxyDefinition }[];
  readonly rejected: Rejection[];
  readonly subscriptions: { line: number; address: SubscriptionAddress }[]; // their lines are rejected as `is-subscription`
  readonly ignoredLines: number; // lines of prose
}

export interface ScanOptions {
  readonly onProgress?: (doneLines: number, totalLines: number) => void;
  readonly signal?: AbortSignal;
}

/** Most links of one text; also most rejections, so that a text without links cannot fill the memory. */
const mostLinks = 50_000;

/**
 * Finds every proxy link in any text: lists, chat logs, HTML, Markdown. Comments and blank lines count for nothing, prose is counted, and
 * everything else that is not found is reported with its line. Pauses at least every 10 ms, calling `onProgress`; rejects only with the
 * signal's reason.
 */
export async function scanText(text: string, { onProgress, signal }: ScanOptions = {}): Promise<ScanResult> {
  const found: ScanResult['found'] = [];
  const rejected: Rejection[] = [];
  const subscriptions: ScanResult['subscriptions'] = [];
  const pacer = createPacer(signal);
  const totalLines = await countLines(text, pacer);
  let ignoredLines = 0;
  for (const { line, number } of splitLines(text)) {
    if (line === '' && !pacer.isDue()) continue;
    const result = await drain(readLine(line), pacer, () => onProgress?.(number - 1, totalLines));
    if (result.isProse) ignoredLines++;
    for (const definition of result.found) found.push({ line: number, definition });
    for (const address of result.subscriptions) subscriptions.push({ line: number, address });
    for (const error of result.rejected) rejected.push(rejection(number, error));
    if (found.length <= mostLinks && rejected.length <= mostLinks) continue;
    found.splice(mostLinks);
    rejected.splice(mostLinks);
    rejected.push({ line: number, code: 'too-many-links' });
    break;
  }
  if (found.length === 0 && rejected.length === 0) rejected.push({ line: 1, code: 'no-link' });
  onProgress?.(totalLines, totalLines);
  return { found, rejected, subscriptions, ignoredLines };
}

function rejection(line: number, { code, detail }: LinkError): Rejection {
  return detail === undefined ? { line, code } : { line, code, detail };
}

async function countLines(text: string, pacer: Pacer): Promise<number> {
  let lines = 0;
  for (const { number } of splitLines(text)) {
    lines = number;
    if (pacer.isDue()) await pacer.pause();
  }
  return lines;
}

async function drain<T>(steps: Generator<void, T>, pacer: Pacer, onPause: () => void): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (pacer.isDue()) {
      onPause();
      await pacer.pause();
    }
    if (step.done) return step.value;
  }
}
