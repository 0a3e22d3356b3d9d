import type { RawLink } from '../outbound.ts';
import { type CutUrl, parseProxyUrl } from './proxy-url.ts';
import { parseShadowsocks } from './shadowsocks.ts';
import { parseShareUrl } from './share-url.ts';
import { parseVmess } from './vmess.ts';

const formats = new Map<string, (url: CutUrl) => RawLink>([
  ['ss', parseShadowsocks],
  ['trojan', parseShareUrl],
  ['vless', parseShareUrl],
  ['vmess', parseVmess],
]);

/** Whether links of this scheme have a form of their own, which is understood even where the protocol is not spoken. */
export const hasOwnFormat = (scheme: string) => formats.has(scheme);

/** The parts of a URL, in the form that is usual for its scheme. Throws LinkError. */
export function parseParts(url: CutUrl): RawLink {
  return (formats.get(url.scheme) ?? parseProxyUrl)(url);
}
