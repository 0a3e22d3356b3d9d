import { LinkError } from '../../errors.ts';
import { isTooLong } from '../parse-link.ts';
import { firstOwnLine } from './around.ts';
import { defineDescribed } from './fields.ts';
import type { List } from './list.ts';

/** Whether the text is a WireGuard configuration: QR codes hold exactly such a text. */
export function isWireguardConf(text: string): boolean {
  return /^[ \t]*\[Interface\][ \t]*(?:#.*)?\r?$/im.test(text) && /^[ \t]*\[Peer\][ \t]*(?:#.*)?\r?$/im.test(text);
}

/** Commands for a shell, and what concerns the computer and not the proxy: never taken over. */
const dropped = new Set(['preup', 'postup', 'predown', 'postdown', 'table', 'fwmark', 'saveconfig', 'listenport']);
const renamed = new Map([
  ['presharedkey', 'presharedkey'],
  ['persistentkeepalive', 'keepalive'],
]);

/** Its peers, as links (wg(8), wg-quick(8); AmneziaWG has keys of its own, which are kept). */
export function* wireguardItems(text: string): List {
  const [own = new Map<string, string>(), ...peers] = sectionsOf(text);
  const line = firstOwnLine(text);
  const isAmnezia = ['jc', 's1', 'h1', 'i1'].some((key) => own.has(key));
  const isEndless = isTooLong([...own].join());
  for (const peer of peers) {
    yield {
      line,
      read() {
        if (isEndless) throw new LinkError('link-too-long'); // each peer's link would hold all of it
        const username = own.get('privatekey') ?? '';
        if (username === '') throw new LinkError('no-secret');
        const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(peer.get('endpoint') ?? '') ?? [];
        const rest = [...own, ...peer].filter(([key]) => !['privatekey', 'endpoint'].includes(key) && !dropped.has(key));
        const query = rest.map(([key, value]) => [renamed.get(key) ?? key, value] as const);
        return [defineDescribed({ scheme: isAmnezia ? 'awg' : 'wireguard', host, port, username, name: '', query })];
      },
    };
  }
}

/** `[Interface]` first, then each `[Peer]`: keys in lower case, repeated ones with commas between. */
function sectionsOf(text: string): readonly Map<string, string>[] {
  const own = new Map<string, string>();
  const peers: Map<string, string>[] = [];
  let section: Map<string, string> | null = null;
  for (const line of text.split(/\r\n?|\n/)) {
    const [, heading] = /^\s*\[(\w+)\]/.exec(line) ?? [];
    if (heading !== undefined) {
      section = heading.toLowerCase() === 'interface' ? own : new Map();
      if (heading.toLowerCase() === 'peer') peers.push(section);
    }
    const [, key = '', value = ''] = /^\s*(\w{1,64})\s*=\s*([^#]*)/.exec(line) ?? [];
    if (key === '' || section === null) continue;
    const clean = value.trim().replace(/,\s+/g, ',');
    const before = section.get(key.toLowerCase());
    section.set(key.toLowerCase(), before === undefined ? clean : `${before},${clean}`);
  }
  return [own, ...peers];
}
