import { knownSchemes } from './known-schemes.ts';
import { longestLinkBytes, spokenSchemes } from './parse-link.ts';

/** Whatever can stand between two links without being part of either: blanks, double quotes, tags, backticks. */
const word = /[^\s"<>`]+/g;
/** What separates links, but may also be part of one. */
const piece = /[^,;|，、；｜]+/g;

const chunkLength = 64 * 1024;

/** The lines of a text, numbered from 1. */
export function* splitLines(text: string): Generator<{ line: string; number: number }> {
  const ending = /\r\n?|\n/g;
  let start = 0;
  for (let number = 1; start <= text.length; number++) {
    const end = ending.exec(text)?.index ?? text.length;
    yield { line: text.slice(start, end), number };
    start = end === text.length ? end + 1 : ending.lastIndex;
  }
}

/**
 * Cuts an endless line, as programs write them, at blanks and separators, so that no step of work is long. What follows the first
 * 64 KiB of an endless word is dropped: no link is that long.
 */
export function* splitChunks(line: string): Generator<string> {
  let start = 0;
  while (line.length - start > chunkLength) {
    const limit = start + chunkLength;
    const end = lastBreak(line, start, limit);
    yield line.slice(start, end ?? limit);
    start = end ?? nextBreak(line, limit);
  }
  yield line.slice(start);
}

const breaking = /[\s"<>`,;|]/;

function lastBreak(line: string, start: number, limit: number): number | null {
  for (let end = limit; end > start; end--) if (breaking.test(line.charAt(end))) return end;
  return null;
}

function nextBreak(line: string, from: number): number {
  const next = new RegExp(breaking, 'g');
  next.lastIndex = from;
  return next.exec(line)?.index ?? line.length;
}

/** The words of a chunk. `[text](link)` is two. */
export function splitWords(chunk: string): Iterable<string> {
  return matches(chunk.replaceAll('](', ' ').replaceAll(')[', ' '), word);
}

/** The pieces of a word, with their places in it. */
export function splitPieces(text: string): readonly { text: string; start: number; end: number }[] {
  return [...text.matchAll(piece)].map(({ 0: found, index }) => ({ text: found, start: index, end: index + found.length }));
}

function* matches(text: string, pattern: RegExp): Generator<string> {
  for (const [found] of text.matchAll(pattern)) yield found;
}

const escaped = [...spokenSchemes.keys(), ...knownSchemes.keys()].map((scheme) => scheme.replace(/[+.-]/g, '\\$&'));
const knownStart = new RegExp(
  `(?<![a-z\\d])(?:(?:${escaped.join('|')}):\\/\\/|tg:(?:\\/\\/|socks|proxy)|(?:www\\.)?(?:t\\.me|telegram\\.me|telegram\\.dog)\\/(?:s\\/)?(?:socks|proxy)\\/?\\?)`,
  'i',
);
// Only at the start: further in, it could be part of a password, and what it says goes into the report.
const anyStart = /^[^\p{L}\d]{0,8}([a-z][a-z\d+.-]{0,31}:\/\/)/iu;

/** Where in the text a link with a scheme starts; -1 where none does. */
export function findLinkStart(text: string): number {
  const head = text.slice(0, longestLinkBytes);
  const known = knownStart.exec(head)?.index ?? -1;
  const [whole = '', start = ''] = anyStart.exec(head) ?? [];
  const first = start === '' ? -1 : whole.length - start.length;
  return first >= 0 && (known < 0 || first < known) ? first : known;
}

const closers = new Map([
  [')', '('],
  [']', '['],
  ['}', '{'],
]);
const trailing = new Set(".,:!?…。！？*_~'’”»\u200c\u200d");
const leading = new Set("({'’‘“”«*\u200c\u200d");

/** Without the punctuation behind it: full stops, quotes, and brackets that were not opened in it. */
export function trimTrailing(text: string): string {
  const unopened = new Map([...closers].map(([closer, opener]) => [closer, text.split(closer).length - text.split(opener).length]));
  for (let end = text.length; end > 0; end--) {
    const last = text.charAt(end - 1);
    const extra = unopened.get(last) ?? 0;
    if (extra > 0) unopened.set(last, extra - 1);
    else if (!trailing.has(last)) return text.slice(0, end);
  }
  return '';
}

/** Without the punctuation before it; the bracket of an IPv6 address stays. */
export function trimLeading(text: string): string {
  for (let start = 0; start < text.length; start++) {
    const first = text.charAt(start);
    if (!leading.has(first) && !(first === '[' && !/^\[[\da-f]*:/i.test(text.slice(start, start + 8)))) return text.slice(start);
  }
  return '';
}
