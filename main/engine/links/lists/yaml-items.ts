import { splitLines } from '../cut.ts';

/** One item of a block sequence, with its dash. */
export interface YamlItem {
  readonly line: number; // from 1
  readonly text: string;
}

/**
 * Cuts the block sequence under `heading` at its items, by their indentation (YAML 1.2, section 8.2.1), without reading what is in them. Where no line
 * is the heading, the text is the sequence itself. Yields undefined where a line brought no item, so that the caller can pause.
 */
export function* cutYamlItems(text: string, heading: RegExp): Generator<YamlItem | undefined> {
  let inList = !new RegExp(heading, 'm').test(text);
  const isWhole = inList;
  let indent: number | null = null;
  let item: { line: number; lines: string[] } | null = null;
  const finished = () => item && { line: item.line, text: item.lines.join('\n') };
  for (const { line, number } of splitLines(text)) {
    const isBlank = /^\s*(?:#.*)?$/.test(line);
    if (!inList) inList = heading.test(line);
    else if (!isBlank) {
      const depth = line.length - line.trimStart().length;
      const hasDash = /^\s*-(?:\s|$)/.test(line);
      if (hasDash) indent ??= depth;
      const isItem = hasDash && depth === indent;
      if (isItem || depth <= (indent ?? 0)) {
        if (item) yield finished() ?? undefined;
        item = isItem ? { line: number, lines: [] } : null;
        inList = isItem || isWhole;
      }
      item?.lines.push(line);
    }
    yield;
  }
  if (item) yield finished() ?? undefined;
}
