/**
 * Undoes what copying does to links: marks that nobody sees, HTML entities, and the full-width digits and signs of Chinese and Japanese
 * keyboards (before the name only, which may hold them). What a canonical link holds is left as it is.
 */
export function cleanText(text: string): string {
  const visible = text.toWellFormed().replace(invisible, '');
  const plain = visible.includes('&') ? visible.replace(entity, decodeEntity) : visible;
  if (!fullWidth.test(plain)) return plain;
  const name = plain.includes('#') ? plain.indexOf('#') : plain.length;
  return plain.slice(0, name).replace(allFullWidth, (sign) => sign.normalize('NFKC')) + plain.slice(name);
}

// Soft hyphen, zero-width space, word joiner, byte-order mark, and marks of direction. The zero-width (non-)joiner stays: Persian names
// and emoji need it.
const invisible = /[\u00ad\u200b\u200e\u200f\u2060\u202a-\u202e\u2066-\u2069\ufeff]/g;

// Digits, full stop, solidus, colon, commercial at.
const fullWidth = /[\uff0e-\uff1a\uff20]/;
const allFullWidth = /[\uff0e-\uff1a\uff20]/g;

const entity = /&(?:(amp|lt|gt|quot|apos|nbsp)|#(\d{1,7})|#x([\da-f]{1,6}));/gi;
const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

function decodeEntity(whole: string, name?: string, decimal?: string, hex?: string): string {
  if (name !== undefined) return named[name.toLowerCase()] ?? whole;
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code).toWellFormed() : whole;
}
