import type { ErrorCode } from '../../../preload/contract.ts';
import { replies } from './socks5-codec.ts';

/** How a failure is told to an application, in each protocol's own words. SOCKS4 has only one. */
export interface Refusal {
  readonly reply: number; // SOCKS5, RFC 1928, section 6
  readonly status: number; // HTTP, RFC 9110, section 15
  readonly advice: string; // what the person can do about it
}

const checkProxy = 'Test the proxy in Paperplane, or pin another one.';

const refusals: Partial<Record<ErrorCode, Refusal>> = {
  'destination-refused': { reply: replies.refused, status: 502, advice: 'The site refuses connections. Check its address and port.' },
  'destination-unreachable': { reply: replies.hostUnreachable, status: 502, advice: 'The proxy cannot reach the site. Try another proxy.' },
  'destination-name-not-found': { reply: replies.hostUnreachable, status: 502, advice: 'There is no site of that name. Check the name.' },
  'destination-timeout': { reply: replies.expired, status: 504, advice: 'The site did not answer in time. Try again.' },
  'destination-forbidden': { reply: replies.forbidden, status: 403, advice: 'The way to this site is not allowed. Try another proxy.' },
  'no-proxies': { reply: replies.networkUnreachable, status: 503, advice: 'There are no proxies yet. Paste proxy links into Paperplane.' },
  'no-proxy-works': {
    reply: replies.networkUnreachable,
    status: 503,
    advice: 'No proxy works now. Test the proxies in Paperplane, or paste new links.',
  },
  'proxy-timeout': { reply: replies.failed, status: 504, advice: `The proxy did not answer in time. ${checkProxy}` },
  'bad-request': {
    reply: replies.failed,
    status: 400,
    advice: 'This is a proxy, not a web site: set it as HTTP or SOCKS5 proxy of an application.',
  },
  'login-required': { reply: replies.forbidden, status: 407, advice: 'Give the application the user name and password of this endpoint.' },
  'not-supported': { reply: replies.commandNotSupported, status: 501, advice: 'Only TCP connections are carried.' },
  internal: { reply: replies.failed, status: 500, advice: 'Something went wrong inside Paperplane. Its log says more.' },
};

/** The refusal for a code. Codes without words of their own are all failures of a proxy. */
export function refusalOf(code: ErrorCode): Refusal {
  return refusals[code] ?? { reply: replies.failed, status: 502, advice: `The proxy failed. ${checkProxy}` };
}
