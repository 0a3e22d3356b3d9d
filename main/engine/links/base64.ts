const alphabet = /^[A-Za-z\d+/_-]+={0,2}$/;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text that is encoded in either base64 alphabet (RFC 4648), padded or not; null when it is not base64 of one line of UTF-8. */
export function decodeBase64(encoded: string): string | null {
  const text = decodeBase64Lines(encoded);
  return text === null || /\p{Cc}/u.test(text) ? null : text;
}

/** The same for text of any number of lines. */
export function decodeBase64Lines(encoded: string): string | null {
  if (!alphabet.test(encoded) || encoded.replace(/=+$/, '').length % 4 === 1) return null;
  try {
    return utf8.decode(Buffer.from(encoded, 'base64'));
  } catch {
    return null;
  }
}
