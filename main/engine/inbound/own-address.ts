import { lookup } from 'node:dns/promises';
import { BlockList, isIP, type Socket } from 'node:net';
import { EngineError } from '../errors.ts';
import type { Destination } from '../outbound.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/** Whether this is an IP literal (without brackets) that only this computer can reach. */
export function isLoopback(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/**
 * The address to listen on for a name or literal. A name is looked up once and its address is what is used, so that nothing can change in
 * between. Throws EngineError `login-required` for anything but loopback unless there is a login; rejects with Node's error for an
 * unknown name.
 */
export async function listenAddress(host: string, hasLogin: boolean): Promise<string> {
  const address = host === '' ? '::' : (await lookup(host)).address; // Node takes no name for all addresses
  if (!hasLogin && !isLoopback(address)) throw new EngineError('login-required', 'not a loopback address');
  return address;
}

/** Whether a client asks this endpoint for a connection to this endpoint, which would go round for ever. */
export function isOwnAddress({ host, port }: Destination, client: Socket, ownPort: number): boolean {
  if (port !== ownPort) return false;
  const name = host.toLowerCase().replace(/\.$/, '');
  return isLoopback(name) || name === client.localAddress || ['localhost', '0.0.0.0', '::'].includes(name) || name.endsWith('.localhost');
}
