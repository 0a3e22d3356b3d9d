import { createHash, timingSafeEqual } from 'node:crypto';

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** Tells whether a login is the wanted one, in a time that says nothing about it. */
export function createLoginCheck(wanted: Login): (given: Login) => boolean {
  const digests = { username: digest(wanted.username), password: digest(wanted.password) };
  return ({ username, password }) => {
    const isUsername = timingSafeEqual(digest(username), digests.username);
    const isPassword = timingSafeEqual(digest(password), digests.password);
    return isUsername && isPassword;
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
