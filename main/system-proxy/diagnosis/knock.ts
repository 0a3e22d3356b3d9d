import { once } from 'node:events';
import net from 'node:net';
import type { ProxyAddress } from './proxy-address.ts';

const patienceMs = 2000;

export type Answer = 'somebody' | 'nobody' | 'unknown';

/**
 * Whether somebody listens there: 'nobody' only when the system refuses at once, 'unknown' when no answer came. Nothing is said on the
 * connection. `localhost` is asked under both its addresses, so no name server is.
 */
export async function knock({ host, port }: ProxyAddress, signal: AbortSignal): Promise<Answer> {
  const hosts = host === 'localhost' ? ['127.0.0.1', '::1'] : [host];
  const answers = await Promise.all(hosts.map((one) => knockOnce(one, port, signal)));
  if (answers.includes('somebody')) return 'somebody';
  return answers.every((answer) => answer === 'nobody') ? 'nobody' : 'unknown';
}

async function knockOnce(host: string, port: number, signal: AbortSignal): Promise<Answer> {
  const socket = net.connect({ host, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]) });
    return 'somebody';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    // A computer without IPv6 has nobody at ::1.
    const isNobody = code === 'ECONNREFUSED' || (host === '::1' && ['EADDRNOTAVAIL', 'ENETUNREACH', 'EAFNOSUPPORT'].includes(code));
    return isNobody ? 'nobody' : 'unknown';
  } finally {
    socket.on('error', () => {}).destroy();
  }
}
