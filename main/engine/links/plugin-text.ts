/**
 * A Shadowsocks plugin and its options in SIP003's form: `name;flag;key=value`, with a backslash before what would end a value. What is false or
 * empty is left out, but for v2ray-plugin's `mux`, which is a number, and 1 where nothing is said.
 */
export function pluginText(name: string, options: Readonly<Record<string, unknown>>): string {
  const escaped = (value: unknown) => String(value).replace(/[\\;=]/g, '\\$&');
  const parts = Object.entries(options).flatMap(([key, value]) => {
    if (key === 'mux' && typeof value === 'boolean') return [`mux=${Number(value)}`];
    if (value === false || value === null || value === undefined || value === '' || typeof value === 'object') return [];
    return value === true ? [key] : [`${key}=${escaped(value)}`];
  });
  return [name, ...parts].join(';');
}
