/** More than this is no link that anybody clicked: command lines end at 32 KiB on Windows. */
const maxLength = 64 * 1024;

/** Whether an argument of the command line is a link that was clicked, and not an option. */
export function isLink(argument: string): boolean {
  return /^(?:paperplane|tg):/i.test(argument);
}

/**
 * The proxy links inside a link that was clicked, as text to import:
 * - `paperplane:LINK`, any proxy link as it is: `paperplane:socks5://host:1080`;
 * - `paperplane://import?LINK`, where LINK may be percent-encoded, also as `link=LINK` or `text=LINKS`;
 * - `tg:` links, if the person has claimed them for Paperplane.
 * null: nothing for us. Web pages can fire such links, so whatever comes out must not be used before the person has said yes.
 */
export function importTextOf(link: string, claimsTelegram: boolean): string | null {
  if (link.length > maxLength) return null;
  if (/^tg:/i.test(link)) return claimsTelegram ? link : null;
  const [, isImport, rest = ''] = /^paperplane:(\/\/import\/?\?)?(.*)$/is.exec(link) ?? [];
  const text = isImport === undefined ? rest : decode(rest.replace(/^(?:link|text)=/i, ''));
  return text.trim() === '' ? null : text;
}

/** Many pages do not encode the link that they put into another. */
function decode(text: string): string {
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
