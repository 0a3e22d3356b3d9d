import { LinkError } from '../errors.ts';
import type { ProxyDefinition } from '../outbound.ts';
import { checkLength, isTooLong } from './parse-link.ts';
import type { SubscriptionAddress } from './subscription-address.ts';

/** What has been found on one line; equal ones count once, because Markdown and HTML often hold the same link twice. */
export interface Findings {
  readonly found: Map<string, ProxyDefinition>; // by link
  readonly rejected: Map<string, LinkError>; // by message
  readonly doubtful: Map<string, LinkError>; // counts only where nothing on the line is prose
  readonly subscriptions: Map<string, { readonly address: SubscriptionAddress; readonly isSure: boolean }>; // by url
  plainWords: number;
}

export interface LineResult {
  readonly found: readonly ProxyDefinition[];
  readonly rejected: readonly LinkError[];
  readonly subscriptions: readonly SubscriptionAddress[]; // each is among the rejected too, as `is-subscription`
  readonly isProse: boolean; // words, and nothing like a link among them
}

export function createFindings(): Findings {
  return { found: new Map(), rejected: new Map(), doubtful: new Map(), subscriptions: new Map(), plainWords: 0 };
}

/** The first of the texts that is a link; null where none is and the last is not like one. */
export function firstDefinition(
  texts: readonly string[],
  parse: (text: string) => ProxyDefinition | null,
): ProxyDefinition | LinkError | null {
  let last: LinkError | null = null;
  for (const text of texts) {
    try {
      if (isTooLong(text)) throw new LinkError('link-too-long');
      const definition = parse(text);
      if (definition) return checkLength(definition);
      last = null;
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      last = error;
    }
  }
  return last;
}

/** `text`: an ordinary line. `tags`: one with tags in it. `empty`: blank or a comment. */
export function conclude(findings: Findings, kind: 'text' | 'tags' | 'empty'): LineResult {
  const { plainWords, doubtful } = findings;
  const found = [...findings.found.values()];
  const rejected = [...findings.rejected.values(), ...(plainWords === 0 ? doubtful.values() : [])];
  const subscriptions = [...findings.subscriptions.values()]
    .filter(({ isSure }) => isSure || plainWords === 0)
    .map(({ address }) => address);
  const isNothing = found.length === 0 && rejected.length === 0;
  if (isNothing && kind === 'text' && plainWords === 1 && doubtful.size === 0)
    return { found, rejected: [new LinkError('no-link')], subscriptions, isProse: false };
  return { found, rejected, subscriptions, isProse: isNothing && kind !== 'empty' };
}
