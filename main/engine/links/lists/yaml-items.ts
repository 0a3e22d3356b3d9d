import { splitLines } from '../cut.ts';
import { firstItem } from './around.ts';

/** One item of a block sequence, with its dash. */
export interface YamlItem {
  readonly line: number; // from 1
  readonly text: string;
}

/** A link ends the list: no entry has one on a line of its own. */
const link = /^\s*(?:- +)?[a-z][a-z\d+.-]*:\/\//i;

/**
 * Cuts the block sequence under `heading` at its items, by their indentation (YAML 1.2, section 8.2.1), without reading what is in them. Where no line
 * is the heading, the text is the sequence itself. Yields undefined where a line brought no item, so that the caller can pause.
 */
export function* cutYamlItems(text: string, heading: RegExp): Generator<YamlItem | undefined> {
  const beginning = heading.test(text) ? heading : null;
  let inList = false;
  let indent: number | null = null;
  let item: { line: number; lines: string[] } | null = null;
  const finished = () => item && { line: item.line, text: item.lines.join('\n') };
  for (const { line, number } of splitLines(text)) {
    const isBlank = /^\s*(?:#.*)?$/.test(line);
    const isHeading: boolean = beginning?.test(line) ?? (!inList && firstItem.test(line));
    if (isHeading) [inList, indent] = [true, null];
    if (inList && !isBlank) {
      const depth = line.length - line.trimStart().length;
      const hasDash = /^\s*-(?:\s|$)/.test(line) && !link.test(line);
      if (hasDash) indent ??= depth;
      const isItem = hasDash && depth === indent;
      if (isItem || depth <= (indent ?? 0) || link.test(line)) {
        if (item) yield finished() ?? undefined;
        item = isItem ? { line: number, lines: [] } : null;
        inList = isItem || (isHeading && beginning !== null);
      }
      item?.lines.push(line);
    }
    yield;
  }
  if (item) yield finished() ?? undefined;
}
