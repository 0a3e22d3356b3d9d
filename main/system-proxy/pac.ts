import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SystemProxyOptions } from '../../preload/system-proxy.ts';

export interface PacServer {
  /** Serves this script alone, and gives its address: a new one each time, because browsers keep what they have read. */
  serve(script: string): Promise<string>;
  close(): Promise<void>;
}

/** Listens on loopback from the first script on. The path cannot be guessed, so no web page can find out that we are here. */
export function createPacServer(): PacServer {
  let server: Server | undefined;
  let path = '';
  let script = '';
  const listen = async () => {
    const listening = createServer({ keepAliveTimeout: 1 }, ({ url }, response) => {
      if (url !== path) return void response.writeHead(404).end();
      response.writeHead(200, { 'Content-Type': 'application/x-ns-proxy-autoconfig', 'Cache-Control': 'no-store' }).end(script);
    });
    listening.listen(0, '127.0.0.1').unref();
    await once(listening, 'listening');
    return listening;
  };
  return {
    async serve(text) {
      server ??= await listen();
      script = text;
      path = `/${randomBytes(16).toString('hex')}/proxy.pac`;
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    },
    async close() {
      const closing = server;
      server = undefined;
      if (closing === undefined) return;
      const closed = once(closing, 'close');
      closing.close();
      closing.closeAllConnections();
      await closed;
    },
  };
}

/**
 * The script (https://developer.mozilla.org/docs/Web/HTTP/Proxy_servers_and_tunneling/Proxy_Auto-Configuration_PAC_file). With `neverDirect`
 * there is no way in it but the endpoint. No name is resolved: ranges apply to addresses that are written out.
 */
export function pacScript(
  { host, port }: { readonly host: string; readonly port: number },
  { bypass, neverDirect }: Pick<SystemProxyOptions, 'bypass' | 'neverDirect'>,
): string {
  const proxy = `PROXY ${host.includes(':') ? `[${host}]` : host}:${port}`;
  if (neverDirect) return `function FindProxyForURL(url, host) {\n  return ${JSON.stringify(proxy)};\n}\n`;
  return `function FindProxyForURL(url, host) {
  var names = ${JSON.stringify(bypass.filter((entry) => !entry.includes('/')).map((entry) => entry.replace(/^\*?\./, '').toLowerCase()))};
  var ranges = ${JSON.stringify(bypass.map(rangeOf).filter((range) => range !== null))};
  var name = host.toLowerCase().replace(/^\\[|\\]$/g, '');
  for (var i = 0; i < names.length; i++) if (name === names[i] || dnsDomainIs(name, '.' + names[i])) return 'DIRECT';
  if (/^\\d+\\.\\d+\\.\\d+\\.\\d+$/.test(name)) for (var j = 0; j < ranges.length; j++) if (isInNet(name, ranges[j][0], ranges[j][1])) return 'DIRECT';
  return ${JSON.stringify(`${proxy}; DIRECT`)};
}
`;
}

/** `10.0.0.0/8` as address and mask; null for names, and for IPv6, which not every browser can compare. */
function rangeOf(entry: string): [string, string] | null {
  const [, address, bits] = /^([\d.]+)\/(\d+)$/.exec(entry) ?? [];
  if (address === undefined || Number(bits) > 32) return null;
  const mask = 2 ** 32 - 2 ** (32 - Number(bits));
  return [address, [24, 16, 8, 0].map((shift) => Math.floor(mask / 2 ** shift) % 256).join('.')];
}
