/**
 * The names of Xray's share links (XTLS/Xray-core, discussion 716), under which every description of a proxy keeps what belongs to it, and
 * the other spellings that are found. Names that are not here stay as they are written.
 */
const spellings: Record<string, readonly string[]> = {
  encryption: [],
  flow: [],
  type: [],
  security: [],
  sni: ['peer', 'servername'],
  alpn: [],
  fp: ['client-fingerprint'],
  allowInsecure: ['insecure', 'allow_insecure', 'allow-insecure', 'skip-cert-verify'],
  pbk: [],
  sid: [],
  spx: [],
  pcs: ['pinsha256'],
  host: ['obfsparam'],
  path: ['wspath'],
  serviceName: ['service-name', 'service_name'],
  authority: [],
  mode: [],
  headerType: [],
  ed: [],
  eh: [],
  aid: ['alterid', 'alter_id'],
  authenticatedLength: ['authenticated-length', 'authenticated_length'],
  plugin: [],
  prefix: [],
  uot: ['udp-over-tcp', 'udp_over_tcp'],
  udp: [],
};

const names = Object.keys(spellings);
const canonicalNames = new Map(
  Object.entries(spellings).flatMap(([name, others]) => [name.toLowerCase(), ...others].map((spelling) => [spelling, name] as const)),
);

const transports = new Map([
  ['raw', ''],
  ['none', ''],
  ['tcp', ''], // as where nothing is said
  ['websocket', 'ws'],
  ['splithttp', 'xhttp'],
  ['h2', 'http'],
]);

const values: Record<string, (value: string) => string> = {
  type: (value) => transports.get(value.trim().toLowerCase()) ?? value.trim().toLowerCase(),
  security: (value) => value.trim().toLowerCase(),
  allowInsecure: (value) => (/^\s*(?:1|true|yes)\s*$/i.test(value) ? '1' : ''),
  authenticatedLength: (value) => (/^\s*(?:1|true|yes)\s*$/i.test(value) ? '1' : ''),
  uot: (value) => (/^\s*(?:1|2|true|yes)\s*$/i.test(value) ? '1' : ''),
  aid: (value) => (value.trim() === '0' ? '' : value.trim()),
  headerType: (value) => (value.trim() === 'none' ? '' : value.trim()),
  prefix: (value) => value, // a blank is a byte
};

/**
 * The query in the names that protocols look for, and in one order, so that one proxy gives one link whatever it was described in. Of several
 * spellings the first counts, and what is empty or the default says nothing. Unknown names follow as they are written.
 */
export function canonicalQuery(query: Iterable<readonly [name: string, value: string]>): Map<string, string> {
  const known = new Map<string, string>();
  const unknown = new Map<string, string>();
  for (const [given, text] of query) {
    const name = canonicalNames.get(given.toLowerCase());
    if (name === undefined) {
      if (!unknown.has(given)) unknown.set(given, text);
      continue;
    }
    const value = values[name]?.(text) ?? text.trim();
    if (value !== '' && !known.has(name)) known.set(name, value);
  }
  const canonical = new Map<string, string>();
  for (const name of names) {
    const value = known.get(name);
    if (value !== undefined) canonical.set(name, value);
  }
  for (const [name, value] of unknown) canonical.set(name, value);
  return canonical;
}
