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
  path: [],
  serviceName: ['service-name', 'service_name'],
  authority: [],
  mode: [],
  headerType: [],
  ed: [],
  eh: [],
  aid: ['alterid', 'alter_id'],
  plugin: [],
  prefix: [],
  uot: ['udp-over-tcp', 'udp_over_tcp'],
  udp: [],
};

const canonicalNames = new Map(
  Object.entries(spellings).flatMap(([name, others]) => [name.toLowerCase(), ...others].map((spelling) => [spelling, name] as const)),
);

const transports = new Map([
  ['raw', 'tcp'],
  ['none', 'tcp'],
  ['websocket', 'ws'],
  ['splithttp', 'xhttp'],
  ['h2', 'http'],
]);

const values: Record<string, (value: string) => string> = {
  type: (value) => transports.get(value.toLowerCase()) ?? value.toLowerCase(),
  security: (value) => value.toLowerCase(),
  allowInsecure: (value) => (/^(?:1|true|yes)$/i.test(value) ? '1' : ''),
  uot: (value) => (/^(?:1|2|true|yes)$/i.test(value) ? '1' : ''),
  aid: (value) => (value === '0' ? '' : value),
};

/** The query in the names that protocols look for; of several spellings the first counts, and what is empty says nothing. */
export function canonicalQuery(query: Iterable<readonly [name: string, value: string]>): Map<string, string> {
  const canonical = new Map<string, string>();
  for (const [name, given] of query) {
    const known = canonicalNames.get(name.toLowerCase());
    const value = known === undefined ? given : (values[known]?.(given.trim()) ?? given.trim());
    if (!canonical.has(known ?? name) && (known === undefined || value !== '')) canonical.set(known ?? name, value);
  }
  return canonical;
}
