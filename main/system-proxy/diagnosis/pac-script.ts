import { access } from 'node:fs/promises';
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { type Answer, knock } from './knock.ts';
import { isLocal } from './proxy-address.ts';

const patienceMs = 3000;

/** Whether a PAC script can be had. What is not on this computer is asked for only where direct connections are allowed. */
export async function checkScript(
  script: string,
  isDirectAllowed: boolean,
  signal: AbortSignal,
): Promise<{ address: string; answer: Answer | 'not-allowed' }> {
  const url = URL.parse(script);
  if (url === null) return { address: '***', answer: 'nobody' };
  if (url.protocol === 'file:') return { address: url.href, answer: await isThere(url) };
  if (!/^https?:$/.test(url.protocol)) return { address: url.protocol, answer: 'unknown' };
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const address = `${url.protocol}//${url.host}${url.pathname}`;
  if (!isLocal({ host }) && !isDirectAllowed) return { address, answer: 'not-allowed' };
  // Whether its certificate is good is for those to judge who fetch it.
  if (url.protocol === 'https:') return { address, answer: await knock({ host, port: Number(url.port || 443) }, signal) };
  return { address, answer: await fetchScript(url, signal) };
}

async function isThere(url: URL): Promise<Answer> {
  try {
    await access(fileURLToPath(url));
    return 'somebody';
  } catch {
    return 'nobody';
  }
}

/** A server that does not have the script is as bad as none. */
function fetchScript(url: URL, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    const request = http.get(url, { agent: false, signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]) });
    request.once('response', (response) => {
      resolve(response.statusCode !== undefined && response.statusCode < 400 ? 'somebody' : 'nobody');
      response.on('error', () => {}).destroy();
    });
    request.on('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED' ? 'nobody' : 'unknown'));
  });
}
