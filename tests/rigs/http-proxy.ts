import { isIPv4, isIPv6, type Socket } from 'node:net';
import { type ProxyRig, type ProxyRigOptions, type Request, refuse, startProxy } from './proxying.ts';
import { readUntil } from './streams.ts';

export interface HttpProxyOptions extends ProxyRigOptions {
  /** What is said when the tunnel is there, up to and with the blank line. */
  readonly granted?: string;
}

/** An HTTP proxy for CONNECT alone; with a `certificate`, an HTTPS proxy. */
export function startHttpProxy(options: HttpProxyOptions = {}): Promise<ProxyRig> {
  return startProxy((client) => handshake(client, options), options);
}

async function handshake(client: Socket, options: HttpProxyOptions): Promise<Request | null> {
  options.onWaiting?.(client);
  const head = await readUntil(client, '\n'); // garbage must not wait for a blank line
  const [, host = '', port] = /^CONNECT (?:\[(.+)\]|([^:]+)):(\d+) HTTP\/1\.1\r\n$/.exec(head)?.filter((part) => part !== undefined) ?? [];
  if (port === undefined) return refuse(client, 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  const headers = await readUntil(client, '\r\n\r\n');
  if (options.username !== undefined) {
    const credentials = Buffer.from(`${options.username}:${options.password ?? ''}`).toString('base64');
    if (!headers.includes(`Proxy-Authorization: Basic ${credentials}\r\n`)) {
      const challenge = 'Proxy-Authenticate: Basic realm="rig"\r\nContent-Length: 5';
      return refuse(client, `HTTP/1.1 407 Proxy Authentication Required\r\n${challenge}\r\n\r\nlogin`);
    }
  }
  const as = isIPv4(host) ? 'ipv4' : isIPv6(host) ? 'ipv6' : 'name';
  const granted = Buffer.from(options.granted ?? 'HTTP/1.1 200 Connection established\r\n\r\n');
  return { asked: { as, host, port: Number(port) }, granted, refusal: () => Buffer.from('HTTP/1.1 502 Bad Gateway\r\n\r\n') };
}
