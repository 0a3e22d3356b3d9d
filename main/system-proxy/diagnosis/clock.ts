import http from 'node:http';

/** The endpoint of a Paperplane that has a proxy which works. */
export interface WayOut {
  readonly host: string;
  readonly port: number;
  readonly login?: { readonly username: string; readonly password: string } | undefined;
}

const patienceMs = 10_000;
/** VMess refuses a clock that is off by two minutes; certificates mostly mind hours. An answer may have been on its way for some seconds. */
const toleratedSeconds = 60;

/**
 * By how many seconds this computer's clock is ahead of the server's (RFC 9110 section 6.6.1), 0 when it is right within a minute, null when no
 * time could be had. Plain HTTP, because with a wrong clock TLS fails; whoever forges the answer can at most make us say something wrong.
 */
export function clockError(url: URL, proxy: WayOut | null, signal: AbortSignal, now: () => number = Date.now): Promise<number | null> {
  const asked = now();
  return new Promise((resolve) => {
    const request = http.get({
      agent: false,
      host: proxy?.host ?? url.hostname.replace(/^\[|\]$/g, ''),
      port: proxy?.port ?? Number(url.port || 80),
      path: proxy === null ? url.pathname : url.href,
      headers: { host: url.host, 'cache-control': 'no-cache', ...loginHeader(proxy) },
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    });
    request.once('response', (response) => {
      const { date, age, 'proxy-authenticate': refused } = response.headers;
      const sent = Date.parse(date ?? '') + Number(age ?? 0) * 1000;
      response.on('error', () => {}).destroy();
      // A refusal of the endpoint itself says what this computer's own clock says.
      resolve(Number.isNaN(sent) || refused !== undefined || (response.statusCode ?? 500) >= 500 ? null : error(sent, asked, now()));
    });
    request.on('error', () => resolve(null));
  });
}

function loginHeader(proxy: WayOut | null): Record<string, string> {
  if (!proxy?.login) return {};
  const { username, password } = proxy.login;
  return { 'proxy-authorization': `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

/** The server wrote its answer at some moment between the two. */
function error(sent: number, asked: number, answered: number): number {
  const seconds = sent < asked ? (asked - sent) / 1000 : sent > answered ? (answered - sent) / 1000 : 0;
  return Math.abs(seconds) <= toleratedSeconds ? 0 : Math.round(seconds);
}
