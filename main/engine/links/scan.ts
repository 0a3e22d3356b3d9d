import type { Rejection } from '../../../preload/contract.ts';
import { LinkError } from '../errors.ts';
import type { ProxyDefinition } from '../outbound.ts';
import { splitLines } from './cut.ts';
import type { List, ListItem } from './lists/list.ts';
import { recogniseList, unwrapBase64 } from './lists/recognise.ts';
import { tidyName } from './name.ts';
import { createPacer, type Pacer } from './pacer.ts';
import { checkLength } from './parse-link.ts';
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
 * Finds every proxy in any text: configurations and lists of other programs (lists/), base64 of these, and links in lists, chat logs, HTML,
 * Markdown. Comments and blank lines count for nothing, prose is counted, and everything else that is not found is reported with its line.
 * Pauses at least every 10 ms, calling `onProgress`; rejects only with the signal's reason.
 */
export async function scanText(text: string, { onProgress, signal }: ScanOptions = {}): Promise<ScanResult> {
  const pacer = createPacer(signal);
  const body = unwrapBase64(text) ?? text;
  const totalLines = await countLines(body, pacer);
  const progress = (line: number) => onProgress?.(line - 1, totalLines);
  const result = await readBody(body, pacer, progress);
  if (result.found.length === 0 && result.rejected.length === 0) result.rejected.push({ line: 1, code: 'no-link' });
  onProgress?.(totalLines, totalLines);
  return result;
}

/** Who writes "proxies:" above his links has not written a list of Clash. */
async function readBody(body: string, pacer: Pacer, onProgress: Progress): Promise<ScanResult> {
  const list = recogniseList(body);
  const listed = list && (await readList(list, pacer, onProgress));
  if (listed && listed.found.length + listed.subscriptions.length > 0) return listed;
  const lines = await readLines(body, pacer, onProgress);
  // Addresses alone may be anything in a configuration.
  return listed === null || lines.found.some(({ definition }) => definition.scheme !== 'auto') ? lines : listed;
}

type Progress = (line: number) => void;

async function readLines(text: string, pacer: Pacer, onProgress: Progress): Promise<ScanResult> {
  const result = { found: [], rejected: [], subscriptions: [], ignoredLines: 0 } as Writable<ScanResult>;
  for (const { line, number } of splitLines(text)) {
    if (line === '' && !pacer.isDue()) continue;
    const { found, rejected, subscriptions, isProse } = await drain(readLine(line), pacer, () => onProgress(number));
    if (isProse) result.ignoredLines++;
    for (const definition of found) result.found.push({ line: number, definition });
    for (const address of subscriptions) result.subscriptions.push({ line: number, address });
    for (const error of rejected) result.rejected.push(rejection(number, error));
    if (isFull(result, number)) break;
  }
  return result;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

async function readList(list: List, pacer: Pacer, onProgress: Progress): Promise<ScanResult> {
  const result: ScanResult = { found: [], rejected: [], subscriptions: [], ignoredLines: 0 };
  let line = 1;
  for (const item of list) {
    line = item?.line ?? line;
    if (item) readItem(item, result);
    if (pacer.isDue()) {
      onProgress(line);
      await pacer.pause();
    }
    if (isFull(result, line)) break;
  }
  return result;
}

function readItem(item: ListItem, { found, rejected, subscriptions }: ScanResult): void {
  const { line } = item;
  try {
    for (const definition of item.read()) found.push({ line, definition: checkLength(definition) });
    for (const address of item.readAddresses?.() ?? []) {
      subscriptions.push({ line, address });
      rejected.push({ line, code: 'is-subscription' });
    }
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    rejected.push(rejection(line, error));
  }
}

/** Cuts what is too much, and says so. */
function isFull({ found, rejected }: ScanResult, line: number): boolean {
  if (found.length <= mostLinks && rejected.length <= mostLinks) return false;
  found.splice(mostLinks);
  rejected.splice(mostLinks);
  rejected.push({ line, code: 'too-many-links' });
  return true;
}

function rejection(line: number, { code, detail }: LinkError): Rejection {
  return detail === undefined ? { line, code } : { line, code, detail: tidyName(detail) }; // it is foreign text, and goes to terminals too
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
