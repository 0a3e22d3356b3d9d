/** What differs between a desktop, a headless machine and a test. The entry makes it, the engine receives it. */

/** Keeps short secrets safe at rest: the system's key store in the desktop program, a key file elsewhere. Both may throw. */
export interface Secrets {
  seal(text: string): string;
  /** Throws when `sealed` was not made by this user on this computer, or is damaged. */
  open(sealed: string): string;
}

export interface Platform {
  /** Absolute path. Made, with access for this user alone, when the database is opened. */
  readonly dataFolder: string;
  readonly secrets: Secrets;
  readonly version: string;
}
