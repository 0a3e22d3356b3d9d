import type { RefusingSite } from '../../../preload/contract.ts';

const rememberMs = 60_000;
/** A page with many dead addresses changes what is shown this often at most. */
const leastShownMs = 10_000;
/** The longest name that DNS has (RFC 1035, section 2.3.4). */
const longestHost = 253;

/** The site that lately failed while the proxies work: one, however many fail. Times are milliseconds. */
export class SiteWatch {
  #site: RefusingSite | null = null;
  #since = 0;
  #failedAt = 0;

  /** A connection ended with what proxies said of its destination. */
  failed({ host: asked, ...said }: RefusingSite, now: number): void {
    const host = nameOf(asked);
    const before = this.refusing(now);
    const isAnother = before?.host !== host;
    if (before !== null && isAnother && now - this.#since < leastShownMs) return;
    if (isAnother) this.#since = now;
    this.#failedAt = now;
    if (isAnother || before.code !== said.code || before.proxies !== said.proxies) this.#site = { host, ...said };
  }

  /** The site answered, on whatever port. */
  connected(host: string): void {
    if (this.#site !== null && this.#site.host === nameOf(host)) this.#site = null;
  }

  networkChanged(): void {
    this.#site = null;
  }

  /** The same object as before where nothing has changed; null a minute after the last failure. */
  refusing(now: number): RefusingSite | null {
    if (now - this.#failedAt >= rememberMs) this.#site = null;
    return this.#site;
  }
}

function nameOf(host: string): string {
  return host.toLowerCase().slice(0, longestHost);
}
