import { splitLines } from '../cut.ts';

/** One line of a text that holds a list written line by line (YAML, WireGuard), and whether it may belong to the list. */
export interface LineAround {
  readonly line: string;
  readonly number: number; // from 1
  readonly isOwn: boolean;
}

/** Goes with what stands before it. */
const continuing = /^(?:[\s\-"'{}[\],#]|$)/;
/** What the entry of a list without a heading begins with. */
export const firstItem = /^[ \t]*- *(?:\{ *)?["']?(?:name|type|server|port|<<)["']?:/;
/** A key that is not indented. "Backup: ss://..." says something to people. */
const yamlKey = /^(?:Proxy Group|["']?[\w$.-]+["']?|<<)[ \t]*:(?!\s*["']?(?!https?:)[a-z][a-z\d+.-]*:\/\/)(?:\s|$)|^---/i;
const wireguardKey = /^(?:\[(?:Interface|Peer)\]|\w+[ \t]*=)/i;

/** What is not indented and no key of a configuration is what people have written around it, with all that follows up to the next key. */
export function* linesAround(text: string): Generator<LineAround> {
  let isOwn = false;
  for (const { line, number } of splitLines(text)) {
    if (yamlKey.test(line) || wireguardKey.test(line)) isOwn = true;
    else if (!continuing.test(line)) isOwn = false;
    else isOwn ||= firstItem.test(line);
    yield { line, number, isOwn };
  }
}

/** The text with blank lines for those that are not the list's. */
export function withoutAround(text: string): string {
  return Array.from(linesAround(text), ({ line, isOwn }) => (isOwn ? line : '')).join('\n');
}

/** Where the list begins, for what has no line of its own. */
export function firstOwnLine(text: string): number {
  for (const { line, number, isOwn } of linesAround(text)) if (isOwn && line.trim() !== '') return number;
  return 1;
}
