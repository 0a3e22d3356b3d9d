/**
 * Bypass entries in Windows' own syntax, where `*` stands for any text, a plain name is that host alone, and an address range exists only as
 * its beginning. Never prints a slash: an entry with one makes Windows bypass the proxy for everything.
 */
export function toWindowsBypass(entries: readonly string[]): string[] {
  return [...new Set(entries.flatMap(translate))];
}

/** Names without a dot, which only the local network knows: here they are what *.local is elsewhere. */
const simpleNames = '<local>';

function translate(entry: string): string[] {
  const [address = '', length] = entry.split('/');
  if (address.includes(':')) return length === undefined || length === '128' ? [`[${address}]`] : []; // no ranges of IPv6
  if (/^\d+\.\d+\.\d+\.\d+$/.test(address)) return length === undefined ? [address] : ipv4Range(address, Number(length));
  const name = address.replace(/^\*?\.(?=.)/, '');
  if (length !== undefined || name === '') return [];
  const below = name === 'local' ? ['*.local', simpleNames] : [`*.${name}`];
  return address === name ? [name, ...below] : below;
}

/** A range as the addresses' beginnings: 10.0.0.0/8 is 10.*, 172.16.0.0/12 is 172.16.* to 172.31.*. At most 128 of them. */
function ipv4Range(address: string, length: number): string[] {
  const octets = address.split('.').map(Number);
  if (octets.some((octet) => octet > 255) || !(length >= 1 && length <= 32)) return [];
  const whole = Math.floor((length - 1) / 8); // octets before the one that varies or is the last
  const step = 2 ** (8 - (length - whole * 8));
  const first = Math.floor((octets[whole] ?? 0) / step) * step;
  const before = octets.slice(0, whole);
  const after = whole === 3 ? [] : ['*'];
  return Array.from({ length: step }, (_, index) => [...before, first + index, ...after].join('.'));
}
