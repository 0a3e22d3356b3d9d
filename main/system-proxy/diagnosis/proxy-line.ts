import { maskProxy } from './proxy-address.ts';

/** A line of a file that sets proxies, as text of one byte a character. */
export interface ProxyLine {
  readonly number: number; // from 1
  readonly text: string;
  /** What it sets: names, and values where they are known. */
  readonly settings: readonly { readonly name: string; readonly value: string | null }[];
  /** The address of a script (PAC) that it leads to instead. */
  readonly script?: string | undefined;
  /** The line as a person sees it: nothing secret, no comment. */
  readonly shown: string;
  /** What turns it into a comment without changing the meaning of the lines around it; null: it sets other things too. */
  readonly off: string | null;
}

export interface Secret {
  readonly raw: string;
  readonly at: number;
}

/** Masks the values of a line; what comes after the last one may be a comment with anything in it and is left out. */
export function maskLine(text: string, secrets: readonly Secret[]): string {
  let shown = '';
  let from = 0;
  for (const { raw, at } of secrets) {
    shown += text.slice(from, at) + (/^"?\$(?:\w+|\{\w+\})"?$/.test(raw) ? raw : maskProxy(raw));
    from = at + raw.length;
  }
  const rest = text.slice(from).replace(/(#|\/\/).*/s, '');
  return Buffer.from((shown + rest).trim(), 'latin1').toString('utf8');
}

/** The lines of a file, each without its end. */
export function splitLines(text: string): readonly string[] {
  return text.split('\n').map((line) => line.replace(/\r$/, ''));
}
