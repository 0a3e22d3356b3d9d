/** The part of GVariant's text format that gsettings prints for strings and lists of strings. Pure. */

/** A string as gsettings prints it: in single quotes, or in double quotes where it has a single one inside (g_variant_print). */
export function printString(text: string): string {
  const quote = text.includes("'") ? '"' : "'";
  return quote + text.replace(/[\\"']/g, (char) => (char === quote || char === '\\' ? `\\${char}` : char)) + quote;
}

/** `@as []` where it is empty, because an empty list has no type of its own. */
export const printStrings = (texts: readonly string[]): string =>
  texts.length === 0 ? '@as []' : `[${texts.map(printString).join(', ')}]`;

const quoted = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/gs;

/** Every string in a printed string or list of strings. */
export function parseStrings(printed: string): string[] {
  return [...printed.matchAll(quoted)].map(([, single, double]) => withoutEscapes(single ?? double ?? ''));
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

const withoutEscapes = (text: string): string =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gs, (_all, short, long, char) =>
    char === undefined ? String.fromCodePoint(Math.min(Number.parseInt(short ?? long, 16), 0x10ffff)) : (escapes[char] ?? char),
  );
