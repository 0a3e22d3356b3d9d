import { costMs, type HealthRecord } from './record.ts';

interface Candidate {
  readonly definition: { readonly label: string };
  readonly record: HealthRecord;
}

/** Sites take a visitor from another country for another visitor: so much more may a proxy cost that lets them see the same one. */
const worth = 1.3;

/** A flag emoji: two regional indicators (UTS #51, section 1.4.2), each a letter of ISO 3166. */
const flags = /[\u{1f1e6}-\u{1f1ff}]{2}/gu;

/** The flag in a proxy's name; null where there is none, or several that do not agree. */
export function flagOf(label: string): string | null {
  const [first, ...others] = new Set(label.match(flags));
  return first !== undefined && others.length === 0 ? first : null;
}

/**
 * Of working proxies, best first, the one to take after `from`: the best, or the first from the same country as `from` that costs at most 30 %
 * more. Countries are known by the flags in names alone. Pure.
 */
export function preferred<T extends Candidate>(ranked: readonly T[], from: T | null): T | undefined {
  const [best] = ranked;
  const flag = from && flagOf(from.definition.label);
  if (best === undefined || best === from || flag === null) return best;
  const limitMs = (costMs(best.record) ?? 0) * worth;
  for (const candidate of ranked) {
    if ((costMs(candidate.record) ?? Number.POSITIVE_INFINITY) > limitMs) continue;
    if (flagOf(candidate.definition.label) === flag) return candidate;
  }
  return best;
}
