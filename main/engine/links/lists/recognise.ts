import { decodeBase64Lines } from '../base64.ts';
import { clashItems, isClashYaml } from './clash-yaml.ts';
import type { List } from './list.ts';
import { isOutlineYaml, outlineItems } from './outline.ts';
import { isWireguardConf, wireguardItems } from './wireguard-conf.ts';

/** The list in a text, which may have other lines around it; null where there is none. JSON is found by json-documents.ts. */
export function recogniseList(text: string): List | null {
  if (isClashYaml(text)) return clashItems(text);
  if (isOutlineYaml(text)) return outlineItems(text);
  return isWireguardConf(text) ? wireguardItems(text) : null;
}

const shortest = 16;

/** Some panels encode a list that they have got encoded. */
const mostLevels = 2;
const content = /:\/\/|^[ \t]*[[{]|^proxies:|^\[Interface\]/m;

/** The text in a base64 body, wrapped or not, as subscriptions have it, also if encoded twice; null where the text is something else. */
export function unwrapBase64(text: string, levels = mostLevels): string | null {
  if (text.length < shortest || !/^[\s\ufeff]*[\w+/-]/.test(text.slice(0, 4096)) || /[:.@{}[\]<>#"']/.test(text)) return null;
  const decoded = decodeBase64Lines(text.replace(/[\s\ufeff]+/g, ''));
  if (decoded === null || content.test(decoded)) return decoded;
  return levels > 1 ? unwrapBase64(decoded, levels - 1) : null;
}
