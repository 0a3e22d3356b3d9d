import { createHash } from 'node:crypto';
import type { Finding, Unchecked } from '../../../preload/diagnosis.ts';
import { knock } from './knock.ts';
import { checkScript } from './pac-script.ts';
import { formatAddress, isLocal, type ProxyAddress } from './proxy-address.ts';

/** A finding, and what is done about it after the person's yes; null where the person has to do it. */
export interface Repairable {
  readonly finding: Finding;
  readonly repair: (() => Promise<void>) | null;
}

/** A setting that sends programs somewhere, before anybody has looked whether something is there. */
export interface Suspect {
  readonly finding: Omit<Finding, 'id'>;
  readonly leadsTo: readonly (ProxyAddress | { readonly script: string })[];
  readonly repair: (() => Promise<void>) | null;
}

export interface Verdict {
  readonly repairables: readonly Repairable[];
  readonly unchecked: readonly Unchecked[];
}

/** The same for the same finding, in this process and in the next: a person's yes is meant for exactly what was shown. */
export function withId(finding: Omit<Finding, 'id'>): Finding {
  const { seconds, ...lasting } = finding;
  const digest = createHash('sha256').update(JSON.stringify(lasting)).digest('hex').slice(0, 8);
  return { id: `${finding.code}-${digest}`, ...finding };
}

/**
 * Looks where the suspect leads. What is not on this computer is looked at only where direct connections are allowed. Where one of several
 * ways of a setting still leads somewhere, no change is proposed.
 */
export async function examine({ finding, leadsTo, repair }: Suspect, isDirectAllowed: boolean, signal: AbortSignal): Promise<Verdict> {
  const answers = await Promise.all(leadsTo.map((place) => look(place, isDirectAllowed, signal)));
  const dead = answers.filter(({ answer }) => answer === 'nobody');
  const isCertain = dead.length === answers.length;
  const unsure = answers.filter(({ answer }) => answer === 'not-allowed' || answer === 'unknown');
  return {
    repairables: dead.slice(0, 1).map(({ address }) => ({
      finding: withId({ ...finding, address, change: isCertain ? finding.change : null }),
      repair: isCertain ? repair : null,
    })),
    unchecked: unsure.map(({ answer, address }) => ({
      check: 'remote-proxy',
      why: answer === 'unknown' ? 'no-answer' : 'direct-not-allowed',
      address,
    })),
  };
}

async function look(place: Suspect['leadsTo'][number], isDirectAllowed: boolean, signal: AbortSignal) {
  if ('script' in place) return checkScript(place.script, isDirectAllowed, signal);
  const address = formatAddress(place);
  return { address, answer: isLocal(place) || isDirectAllowed ? await knock(place, signal) : ('not-allowed' as const) };
}
