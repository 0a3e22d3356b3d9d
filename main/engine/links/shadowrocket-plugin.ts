import { decodeBase64 } from './base64.ts';
import { pluginText } from './plugin-text.ts';

/** Shadowrocket writes the plugin as `v2ray-plugin=BASE64(JSON)`; the same as SIP003 has it (`name;key=value`). */
export function pluginOfShadowrocket(query: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const encoded = query.get('v2ray-plugin');
  const options = encoded === undefined || query.has('plugin') ? null : readOptions(encoded);
  if (options === null) return query;
  return new Map(
    [...query].map(([name, value]) => (name === 'v2ray-plugin' ? ['plugin', pluginText('v2ray-plugin', options)] : [name, value])),
  );
}

function readOptions(encoded: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(decodeBase64(encoded) ?? '');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
