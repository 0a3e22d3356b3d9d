import type { ProxyDefinition } from '../../outbound.ts';
import { defineDescribed, type Fields, textOf } from './fields.ts';

/** Whether it is a server of SIP008, of Shadowsocks for Windows or of a Shadowsocks configuration file, which have the same names. */
export function isSip008(node: Fields): boolean {
  return 'method' in node && 'server' in node && 'server_port' in node;
}

/** One server (shadowsocks.org, SIP008). Throws LinkError. */
export function defineSip008(node: Fields): ProxyDefinition {
  const plugin = textOf(node, 'plugin');
  const options = textOf(node, 'plugin_opts');
  return defineDescribed({
    scheme: 'ss',
    host: textOf(node, 'server'),
    port: textOf(node, 'server_port'),
    username: textOf(node, 'method').toLowerCase(),
    password: textOf(node, 'password'),
    name: textOf(node, 'remarks', 'name'),
    query: [
      ['plugin', plugin && options ? `${plugin};${options}` : plugin],
      ['prefix', typeof node.prefix === 'string' ? node.prefix : ''],
    ],
  });
}
