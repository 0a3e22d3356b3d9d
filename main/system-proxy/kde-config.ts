/** One group of a KConfig file, such as kioslaverc (https://api.kde.org/kconfig.html). Pure. */
export function parseGroup(text: string, group: string): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  let isInside = false;
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('[')) isInside = line.trim() === `[${group}]`;
    const [, key, value] = /^([^=#[]+?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (isInside && key !== undefined && value !== undefined) entries.set(key.trim(), withoutEscapes(value));
  }
  return entries;
}

const escapes: Readonly<Record<string, string>> = { s: ' ', t: '\t', n: '\n', r: '\r' };

/** `\s` is a blank at an end, `\xHH` a byte, and a backslash before anything else stands for that. */
const withoutEscapes = (text: string): string =>
  text.replace(/\\(?:x([0-9a-fA-F]{2})|(.))/g, (_all, hex, char) =>
    hex === undefined ? (escapes[char] ?? char) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
