import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * Who may use the HTTP carrier: whoever holds the cookie, which the one-time token of the printed address buys exactly once. Both are
 * 256 random bits and live as long as this object.
 */
export interface Session {
  readonly token: string;
  /** The cookie's value for the right token, the first time; null for a wrong or used one. */
  exchange(token: string): string | null;
  isCookie(value: string | undefined): boolean;
}

export function createSession(): Session {
  const token = randomSecret();
  const cookie = randomSecret();
  let exchanged = false;
  return {
    token,
    exchange(offered) {
      if (exchanged || !isEqual(offered, token)) return null;
      exchanged = true;
      return cookie;
    },
    isCookie: (value) => value !== undefined && isEqual(value, cookie),
  };
}

const randomSecret = () => randomBytes(32).toString('base64url');

/** Hashed first, so that neither content nor length shows in the time that it takes. */
function isEqual(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
