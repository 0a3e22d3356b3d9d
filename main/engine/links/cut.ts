/** Whatever can stand between two links without being part of either: blanks, double quotes, tags, backticks. */
const word = /[^\s"<>`]+/g;
/** What separates links, but may also be part of one. */
const separator = /[,;|，、；｜]/;
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

/** A part of a word that separators cut out, with its place in it. */
export interface Piece {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export function splitPieces(text: string): readonly Piece[] {
  if (!separator.test(text)) return [{ text, start: 0, end: text.length }];
  return [...text.matchAll(piece)].map(({ 0: found, index }) => ({ text: found, start: index, end: index + found.length }));
}

function* matches(text: string, pattern: RegExp): Generator<string> {
  for (const [found] of text.matchAll(pattern)) yield found;
}
