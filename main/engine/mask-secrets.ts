const hidden = '***';

/** In this order: what an earlier rule has hidden, a later one leaves alone. */
const rules: readonly (readonly [RegExp, string])[] = [
  // A link of any proxy scheme: what follows may be base64 with everything in it, so nothing of it is shown.
  [/\b(?!(?:https?|file|app|paperplane|node)\b)([a-z][a-z0-9+.-]*:\/\/)[^\s"<>]+/gi, `$1${hidden}`],
  // User info, up to the last `@`, since passwords hold every other character.
  [/\b((?:https?|paperplane):\/\/)[^\s"<>]*@/gi, `$1${hidden}@`],
  // Query values, those of t.me links among them; `tg:socks?` has no slashes.
  [/([?&;](?:user(?:name)?|pass(?:word)?|secret|token|key|auth)=)[^\s"<>&]*/gi, `$1${hidden}`],
  // user:password@host
  [/[^\s"<>/@]+:(?!\/\/)[^\s"<>@]+@(?=[\w[])/g, `${hidden}@`],
  // host:port:user:password
  [/((?:\b[\w-]+(?:\.[\w-]+)+|\[[0-9a-f:.]+\]):\d{1,5}:)[^\s"<>:]+:[^\s"<>]+/gi, `$1${hidden}`],
  // An Authorization header's value.
  [/\b((?:Basic|Bearer|Digest) +)[\w+/=.~-]{4,}/gi, `$1${hidden}`],
];

/**
 * Hides what looks like user info, a whole proxy link, a login in a list or a secret in a query, wherever it stands in the text. Hides too
 * much rather than too little. The last line of defence, not a licence to log links.
 */
export function maskSecrets(text: string): string {
  return rules.reduce((masked, [pattern, replacement]) => masked.replace(pattern, replacement), text);
}
