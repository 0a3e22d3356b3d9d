import type { Rejection } from '../../../preload/contract.ts';
import { LinkError } from '../errors.ts';
import type { ProxyDefinition } from '../outbound.ts';
import { splitLines } from './cut.ts';
import { linesAround } from './lists/around.ts';
import { jsonItems } from './lists/json.ts';
import { findJsonDocuments } from './lists/json-documents.ts';
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
/** Of the links of one list together: by what its entries share, a small one may say much more than it holds. */
const mostCharacters = 64 * 1024 * 1024;

/**
 * Finds every proxy in any text: configurations and lists of other programs (lists/), base64 of these, links in lists, chat logs, HTML, Markdown, and
 * all of these in one text. Comments and blank lines count for nothing, prose is counted, and everything else that is not found is reported with its line.
 * Pauses at least every 10 ms, calling `onProgress`; rejects only with the signal's reason.
 */
export async function scanText(text: string, { onProgress, signal }: ScanOptions = {}): Promise<ScanResult> {
  const pacer = createPacer(signal);
  const body = unwrapBase64(text) ?? text;
  const totalLines = await countLines(body, pacer);
  let furthest = 0;
  const progress = (line: number) => {
    furthest = Math.max(furthest, line - 1); // of several lists in one text, one is read after the other
    onProgress?.(furthest, totalLines);
  };
  const result = await readBody(body, pacer, progress);
  if (result.found.length === 0 && result.rejected.length === 0) result.rejected.push({ line: 1, code: 'no-link' });
  onProgress?.(totalLines, totalLines);
  return result;
}

/** JSON lists first, wherever they stand; then what is left, which is one list with lines around it, or lines alone. */
async function readBody(body: string, pacer: Pacer, onProgress: Progress): Promise<ScanResult> {
  const result = emptyResult();
  let rest = '';
  let done = 0;
  for (const document of findJsonDocuments(body)) {
    if (pacer.isDue()) await pacer.pause();
    if (document === undefined) continue;
    const { value, start, end, line } = document;
    const text = body.slice(start, end);
    const listed = await readList(jsonItems(value), pacer, (each) => onProgress(line - 1 + each));
    append(result, (await linesInstead(listed, text, pacer, onProgress)) ?? listed, line - 1);
    rest += body.slice(done, start) + text.replace(/[^\r\n]+/g, '');
    done = end;
    if (isFull(result)) break;
  }
  append(result, await readRest(rest + body.slice(done), pacer, onProgress), 0);
  for (const each of [result.found, result.rejected, result.subscriptions]) each.sort((a, b) => a.line - b.line);
  cut(result);
  return result;
}

async function readRest(text: string, pacer: Pacer, onProgress: Progress): Promise<ScanResult> {
  const list = recogniseList(text);
  if (list === null) return readLines(splitLines(text), pacer, onProgress);
  const listed = await readList(list, pacer, onProgress);
  const lines = await linesInstead(listed, text, pacer, onProgress);
  if (lines === null) append(listed, await readLines(linesAround(text), pacer, onProgress), 0);
  return lines ?? listed;
}

/** Who writes "proxies:" above his links has not written a list of Clash. */
async function linesInstead(listed: ScanResult, text: string, pacer: Pacer, onProgress: Progress): Promise<ScanResult | null> {
  if (listed.found.length + listed.subscriptions.length > 0) return null;
  const lines = await readLines(splitLines(text), pacer, onProgress);
  // Addresses alone may be anything in a configuration.
  return lines.found.some(({ definition }) => definition.scheme !== 'auto') ? lines : null;
}

type Progress = (line: number) => void;

/** In lines that may be part of a configuration (`isOwn`) only those links count that begin one, and that no configuration has there. */
async function readLines(
  lines: Iterable<{ line: string; number: number; isOwn?: boolean }>,
  pacer: Pacer,
  onProgress: Progress,
): Promise<ScanResult> {
  const result = emptyResult();
  for (const { line, number, isOwn = false } of lines) {
    const text = isOwn && !beginsWithLink.test(line) ? '' : line;
    if (text === '' && !pacer.isDue()) continue;
    const { found, rejected, subscriptions, isProse } = await drain(readLine(text), pacer, () => onProgress(number));
    for (const definition of found) if (!isOwn || !webSchemes.has(definition.scheme)) result.found.push({ line: number, definition });
    if (!isOwn) {
      if (isProse) result.ignoredLines++;
      for (const address of subscriptions) result.subscriptions.push({ line: number, address });
      for (const error of rejected) result.rejected.push(rejection(number, error));
    }
    if (isFull(result)) break;
  }
  return result;
}

const beginsWithLink = /^[\s\-*>"'`]*[a-z][a-z\d+.-]*:(?:\/\/|socks|proxy)/i;
const webSchemes = new Set(['http', 'https', 'auto']);

const emptyResult = (): Writable<ScanResult> => ({ found: [], rejected: [], subscriptions: [], ignoredLines: 0 });

function append(to: Writable<ScanResult>, from: ScanResult, linesBefore: number): void {
  for (const each of from.found) to.found.push({ ...each, line: each.line + linesBefore });
  for (const each of from.rejected) to.rejected.push({ ...each, line: each.line + linesBefore });
  for (const each of from.subscriptions) to.subscriptions.push({ ...each, line: each.line + linesBefore });
  to.ignoredLines += from.ignoredLines;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

async function readList(list: List, pacer: Pacer, onProgress: Progress): Promise<Writable<ScanResult>> {
  const result = emptyResult();
  let line = 1;
  let room = mostCharacters;
  for (const item of list) {
    line = item?.line ?? line;
    if (item) room -= readItem(item, result);
    if (pacer.isDue()) {
      onProgress(line);
      await pacer.pause();
    }
    if (room < 0) result.rejected.push({ line, code: 'too-many-links' });
    if (room < 0 || isFull(result)) break;
  }
  return result;
}

/** Returns how many characters the links have that it found. */
function readItem(item: ListItem, { found, rejected, subscriptions }: ScanResult): number {
  const { line } = item;
  let characters = 0;
  try {
    for (const definition of item.read()) {
      found.push({ line, definition: checkLength(definition) });
      characters += definition.link.length;
    }
    for (const address of item.readAddresses?.() ?? []) {
      subscriptions.push({ line, address });
      rejected.push({ line, code: 'is-subscription' });
    }
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    rejected.push(rejection(line, error));
  }
  return characters;
}

const isFull = ({ found, rejected }: ScanResult) => found.length > mostLinks || rejected.length > mostLinks;

/** Cuts what is too much, and says so. */
function cut({ found, rejected }: ScanResult): void {
  const firstTooMany = found[mostLinks] ?? rejected[mostLinks];
  if (firstTooMany === undefined) return;
  found.splice(mostLinks);
  rejected.splice(mostLinks);
  rejected.push({ line: firstTooMany.line, code: 'too-many-links' });
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
