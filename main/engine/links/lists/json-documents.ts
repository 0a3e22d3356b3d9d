import { splitLines } from '../cut.ts';
import { clashHeadings } from './clash-yaml.ts';
import { parseJsonList } from './json.ts';

/** A JSON list that stands in a text, from a line's beginning to its last bracket. */
export interface JsonDocument {
  readonly value: unknown;
  readonly start: number;
  readonly end: number;
  readonly line: number; // its first, from 1
}

/** A bracket at the beginning of a line, and behind it what JSON has there: "[12:30] Ivan:" is a chat. */
const opening = /^[ \t\ufeff]*([{[])(?=[ \t]*(?:["{[/\r\n]|$))/gm;
const telling = /"(?:server|protocol|transport|endpoint|\$type)"/;
/** What a try without success costs beside its length, in characters. */
const tryCost = 1000;

/**
 * The JSON lists in a text, whatever stands between them. In a list of Clash only those that are not indented: its entries may be JSON too. Yields
 * undefined between two small steps.
 */
export function* findJsonDocuments(text: string): Generator<JsonDocument | undefined> {
  const whole = parseJsonList(text);
  if (whole !== undefined) return yield { value: whole, start: 0, end: text.length, line: 1 };
  const blockAt = placeOf(clashHeadings.block, text);
  const bracketsAt = placeOf(clashHeadings.brackets, text);
  const starts = new RegExp(opening);
  let line = 1;
  let counted = 0;
  let budget = 4 * text.length + 1000 * tryCost; // of a million brackets that nothing closes only a few are tried
  for (let match = starts.exec(text); match && match.index < bracketsAt && budget > 0; match = starts.exec(text)) {
    const start = match.index + match[0].length - 1;
    if (start > match.index && start > blockAt) continue;
    const end = yield* findEnd(text, start);
    const part = text.slice(start, end ?? start);
    const value = telling.test(part) ? parseJsonList(part) : undefined;
    starts.lastIndex = end ?? starts.lastIndex;
    if (end === null || value === undefined) {
      budget -= tryCost + (end ?? text.length) - start;
      yield;
    } else {
      line += (yield* countLines(text.slice(counted, start))) - 1;
      counted = start;
      yield { value, start, end, line };
    }
  }
}

function placeOf(heading: RegExp, text: string): number {
  const place = text.search(heading);
  return place < 0 ? text.length : place;
}

/** Behind the bracket that closes the one at `start`; null where none does. */
function* findEnd(text: string, start: number): Generator<undefined, number | null> {
  const signs = /["\\{}[\]\r\n]|\/\//g;
  signs.lastIndex = start;
  let depth = 0;
  let inside: 'text' | 'comment' | null = null;
  for (let steps = 1; ; steps++) {
    const [sign] = signs.exec(text) ?? [];
    if (sign === undefined) return null;
    if (sign === '\n' || sign === '\r') inside = null;
    else if (inside === 'text' && sign === '\\') signs.lastIndex++;
    else if (sign === '"' && inside !== 'comment') inside = inside === null ? 'text' : null;
    else if (inside === null && sign === '//') inside = 'comment';
    else if (inside === null && sign !== '\\') depth += sign === '{' || sign === '[' ? 1 : -1;
    if (depth === 0) return signs.lastIndex;
    if (steps % 1000 === 0) yield;
  }
}

function* countLines(text: string): Generator<undefined, number> {
  let lines = 0;
  for (const { number } of splitLines(text)) {
    lines = number;
    yield;
  }
  return lines;
}
