import type { ExportFormat } from '../../../preload/contract.ts';
import { parseParts } from '../links/formats.ts';
import { cutUrl } from '../links/proxy-url.ts';
import type { ProxyDefinition, RawLink } from '../outbound.ts';
import { clashNode } from './clash.ts';
import { shareLink } from './share-link.ts';
import { singBoxOutbound } from './sing-box.ts';

export interface Exported {
  readonly text: string;
  readonly left: number; // how many the format cannot hold
}

/** Writes proxies down in a form that this and other programs read. The text holds their secrets. */
export function exportProxies(definitions: readonly ProxyDefinition[], format: ExportFormat): Exported {
  const links = () => definitions.map(shareLink).join('\n');
  switch (format) {
    case 'links':
      return { text: links(), left: 0 };
    case 'base64':
      return { text: Buffer.from(links()).toString('base64'), left: 0 };
    case 'clash':
      return described(definitions, clashNode, clashText);
    case 'sing-box':
      return described(definitions, singBoxOutbound, (outbounds) => `${JSON.stringify({ outbounds }, null, 2)}\n`);
  }
}

/** A proxy as another program describes it. */
export type Node = Readonly<Record<string, unknown>>;

function described(
  definitions: readonly ProxyDefinition[],
  describe: (link: RawLink, name: string) => Node | null,
  write: (nodes: readonly Node[]) => string,
): Exported {
  const names = new Set<string>();
  const nodes = definitions.flatMap((definition) => {
    const link = partsOf(definition);
    const node = link && describe(link, uniqueName(definition.label, names));
    return node ? [node] : [];
  });
  return { text: write(nodes), left: definitions.length - nodes.length };
}

function partsOf({ link, scheme }: ProxyDefinition): RawLink | null {
  const url = describable.has(scheme) ? cutUrl(link) : null;
  return url && parseParts(url);
}

const describable = new Set(['socks5', 'socks4', 'socks4a', 'http', 'https', 'ss', 'trojan', 'vless', 'vmess']);

// Other programs tell proxies apart by name.
function uniqueName(label: string, names: Set<string>): string {
  let name = label;
  for (let number = 2; names.has(name); number++) name = `${label} ${number}`;
  names.add(name);
  return name;
}

// JSON is YAML, and needs no thought about what must be quoted. One proxy a line.
function clashText(nodes: readonly Node[]): string {
  return nodes.length === 0 ? 'proxies: []\n' : `proxies:\n${nodes.map((node) => `  - ${JSON.stringify(node)}\n`).join('')}`;
}
