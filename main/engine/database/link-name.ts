/** In a canonical link the first `#` begins the name; elsewhere it is percent-encoded. What stands before it tells two proxies apart. */
export function withoutName(link: string): string {
  const hash = link.indexOf('#');
  return hash === -1 ? link : link.slice(0, hash);
}

export function hasName(link: string): boolean {
  return link.includes('#');
}
