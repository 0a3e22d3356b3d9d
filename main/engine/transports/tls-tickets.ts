/** The newest tickets of one way to a proxy, with which the next handshakes are shorter and show no certificate. */
export interface Tickets {
  /** What a server at this address gave last. No ticket is given twice: who watches could tell by it who comes again (RFC 8446, C.4). */
  take(address: string): Buffer | undefined;
  keep(address: string, ticket: Buffer): void;
}

/** As many connections can begin at once with one: a page wants dozens. A ticket is about 2 KiB: it holds the certificate. */
const mostTickets = 32;
/** There may be 50,000 proxies; those used last are those used next. */
const mostHolders = 256;
const holders = new Set<{ forget(): void }>();

/** Tickets for one address at a time: those of another are forgotten, because nobody would check its name again. */
export function createTickets(): Tickets {
  let of = '';
  let newest: Buffer[] = [];
  const holder = {
    forget() {
      newest = [];
    },
  };
  return {
    take: (address) => (address === of ? newest.pop() : undefined),
    keep(address, ticket) {
      newest = [...(address === of ? newest : []), ticket].slice(-mostTickets);
      of = address;
      moveToEnd(holder);
    },
  };
}

function moveToEnd(holder: { forget(): void }): void {
  holders.delete(holder);
  holders.add(holder);
  const [oldest] = holders;
  if (holders.size <= mostHolders || oldest === undefined) return;
  oldest.forget();
  holders.delete(oldest);
}
