import { createSecureContext, DEFAULT_CIPHERS, type EphemeralKeyInfo, type SecureContext, type TLSSocket } from 'node:tls';

/** What was learned of the group in which a server agrees upon keys (RFC 8446, section 4.2.7). */
export interface Groups {
  /** With a key share of the group that a server at this address took last, or with those that are usual. */
  contextFor(address: string): SecureContext;
  /** After a handshake. */
  learn(address: string, socket: TLSSocket): void;
}

/**
 * The groups to offer, by the name that Node has for the one that was taken. Only the first comes with a key share; a server that wants
 * another asks for it, at the price of a round trip.
 */
const offers = new Map([
  ['X25519', 'X25519:P-256:P-384:P-521:X25519MLKEM768'],
  ['prime256v1', 'P-256:X25519:P-384:P-521:X25519MLKEM768'],
  ['secp384r1', 'P-384:X25519:P-256:P-521:X25519MLKEM768'],
]);

/** The suite that browsers and Go offer first, too: it is the fastest where the processor has AES. Many servers take the first that they know. */
const fastest = 'TLS_AES_128_GCM_SHA256';
const ciphers = [fastest, ...DEFAULT_CIPHERS.split(':').filter((name) => name !== fastest)].join(':');

/** All authorities are in each: Node would otherwise make one for every connection, which takes half a millisecond. */
const contexts = new Map<string, SecureContext>();

/**
 * Usually there are two key shares, one of them against the computers of tomorrow, which costs a tenth of a millisecond and 1.2 KB a connection
 * for nothing where a server does not know it. Who has taken another when both were there will not miss it; one that has learned it since
 * finds it among the groups. Knows one address at a time.
 */
export function createGroups(): Groups {
  let of = '';
  let taken = '';
  return {
    contextFor: (address) => contextOffering(address === of ? taken : ''),
    learn(address, socket) {
      const { name = '' }: Partial<EphemeralKeyInfo> = socket.getEphemeralKeyInfo() ?? {}; // BoringSSL tells nothing, nor does a closed socket
      of = address;
      taken = offers.has(name) ? name : '';
    },
  };
}

function contextOffering(taken: string): SecureContext {
  const known = contexts.get(taken);
  if (known) return known;
  const ecdhCurve = offers.get(taken);
  const context = createSecureContext({ ciphers, ...(ecdhCurve !== undefined && { ecdhCurve }) });
  contexts.set(taken, context);
  return context;
}
