const closers = new Map([
  [')', '('],
  [']', '['],
  ['}', '{'],
]);
const trailing = new Set(".,:!?…。！？*_~'’”»\u200c\u200d");
const leading = new Set("({'’‘“”«*\u200c\u200d");

/** Without the punctuation behind it: full stops, quotes, and brackets that were not opened in it. */
export function trimTrailing(text: string): string {
  const unopened = new Map<string, number>();
  for (let end = text.length; end > 0; end--) {
    const last = text.charAt(end - 1);
    const opener = closers.get(last);
    if (opener === undefined ? !trailing.has(last) : left(last, opener) <= 0) return text.slice(0, end);
  }
  return '';

  // How many closers, from here on backwards, have no opener; counted once for each kind, so that the work stays linear.
  function left(closer: string, opener: string): number {
    const count = unopened.get(closer) ?? text.split(closer).length - text.split(opener).length;
    unopened.set(closer, count - 1);
    return count;
  }
}

/** Without the punctuation before it; the bracket of an IPv6 address stays. */
export function trimLeading(text: string): string {
  for (let start = 0; start < text.length; start++) {
    const first = text.charAt(start);
    const isBracket = first === '[' && !/^\[[\da-f]*:/i.test(text.slice(start, start + 8));
    if (!isBracket && !leading.has(first)) return text.slice(start);
  }
  return '';
}
