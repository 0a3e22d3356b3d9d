import { cutUrl } from '../links/proxy-url.ts';
import type { ProxyDefinition } from '../outbound.ts';

/**
 * The link as other programs read it: the canonical one, but for Shadowsocks, whose method and key many know in base64 only; the 2022 edition must
 * not be in base64 (SIP002, SIP022).
 */
export function shareLink({ scheme, link }: ProxyDefinition): string {
  if (scheme !== 'ss' || /^ss:\/\/2022-/.test(link)) return link;
  const url = cutUrl(link);
  const at = url?.body.lastIndexOf('@') ?? -1;
  if (url === null || at < 0) return link;
  const userInfo = Buffer.from(decodeURIComponent(url.body.slice(0, at))).toString('base64url');
  return `ss://${userInfo}${link.slice('ss://'.length + at)}`;
}
