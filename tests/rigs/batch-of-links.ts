/** The links of one batch, the same in every process, so that what was stored can be told from what was not, whole or half. */
export function batchOfLinks(prefix: string, batch: number): string[] {
  return Array.from(
    { length: 25 },
    (_, n) => `socks5://u${n}:${'p'.repeat(n * 20)}@${prefix}-${batch}.example.com:${1000 + n}#${prefix} ${n}`,
  );
}
