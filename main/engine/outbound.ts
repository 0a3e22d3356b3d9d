/** The interfaces that everything composes through; types only. */
import type { TcpNetConnectOpts } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../../preload/contract.ts';

/** Where an application wants to go. `host` is a name or an IP literal without brackets; names are resolved by the proxy, never here. */
export interface Destination {
  readonly host: string;
  readonly port: number;
}

/** Connects to a destination. Direct, each proxy, a chain of hops and the pool of all proxies are Outbounds. */
export interface Outbound {
  /** For people and logs; never holds a secret. */
  readonly label: string;
  /**
   * Resolves once the destination has answered (or, where the protocol has no answer, once the request is on its way), with a
   * half-open-capable, paused stream whose first bytes are unread. Rejects with EngineError; after `signal` aborts nothing stays open.
   * The other side may have ended at once: a reader that comes later than the resolving promise's `then` checks `readableEnded`.
   */
  connect(destination: Destination, signal: AbortSignal): Promise<Duplex>;
  /** Where the outbound chooses between ways: how long the first byte of an answer may take on this stream, in milliseconds. */
  patienceMs?(stream: Duplex): number;
  /** Where the outbound learns: what became of a stream that `connect` gave. After `failed` a new `connect` takes another way. */
  observe?(stream: Duplex, outcome: StreamOutcome): void;
  /**
   * A way for datagrams, where there is one. Rejects with EngineError: `not-supported` where the proxies in use carry none; after `signal`
   * aborts nothing stays open.
   */
  openDatagrams?(signal: AbortSignal): Promise<Datagrams>;
  /**
   * Direct alone: packets to one destination by UDP, as they are. A protocol that speaks UDP to its proxy reaches it so; where its `via` has none,
   * it carries no datagrams. Rejects as `connect` does.
   */
  openPackets?(destination: Destination, signal: AbortSignal): Promise<Packets>;
  /** Direct alone: with what a socket of Node's connects by itself as `connect` does. TLS is cheaper so than on a stream. */
  socketOptions?(destination: Destination): TcpNetConnectOpts;
}

/** Packets to and from one destination, as UDP: some get lost. */
export interface Packets {
  /** Never throws; what cannot be sent is dropped. */
  send(packet: Buffer): void;
  /** At most one listener; what comes before there is one is dropped. */
  onMessage(listener: (packet: Buffer) => void): void;
  /** Calls back once when it is closed, from here or because nobody is there. */
  onClose(listener: () => void): void;
  close(): void;
}

/**
 * Datagrams to and from any number of destinations, as UDP: some get lost. Where a protocol opens a way per destination, that is its own matter.
 */
export interface Datagrams {
  /** Never throws; what cannot be sent now (too long, no way, closed) is dropped. */
  send(destination: Destination, payload: Buffer): void;
  /** `source` is who sent it, as the proxy says. At most one listener; what comes before there is one is dropped. */
  onMessage(listener: (source: Destination, payload: Buffer) => void): void;
  /** Calls back once when the way is closed, from either side. */
  onClose(listener: () => void): void;
  close(): void;
}

/**
 * `first-byte`: it came, so many milliseconds after the application's first flight. `transfer`: later, 16 KiB took so many milliseconds. `failed`:
 * the stream died or stalled before the first byte, the application gave up waiting for it, or it was no answer to what the application had said.
 */
export type StreamOutcome =
  | { readonly kind: 'first-byte' | 'transfer'; readonly ms: number }
  | { readonly kind: 'cut' }
  | { readonly kind: 'failed'; readonly code: ErrorCode };

/** Every proxy protocol has two halves, so that the first can be paid in advance and kept warm. */
export interface ProxyClient {
  /** All that does not depend on the destination: TCP, TLS, greeting, login. Rejects with EngineError, leaves nothing open. */
  open(signal: AbortSignal): Promise<Tunnel>;
  /**
   * Both halves in one flight, for proxies that take all messages at once: one round trip instead of three. Only where a probe has shown
   * that this proxy does; several servers lose what comes early.
   */
  readonly connectAtOnce?: ((destination: Destination, signal: AbortSignal) => Promise<Duplex>) | undefined;
  /** The protocol has no answer to `connect`: that it resolves says little of the proxy. The first byte of the stream says the rest. */
  readonly isUnanswered?: boolean;
  /** A way for datagrams through this proxy, where its protocol has one. Rejects with EngineError, leaves nothing open. */
  readonly openDatagrams?: ((signal: AbortSignal) => Promise<Datagrams>) | undefined;
}

/** An opened way into a proxy, good for one destination. */
export interface Tunnel {
  /** Asks for the destination; used once. On failure the tunnel is closed. */
  connect(destination: Destination, signal: AbortSignal): Promise<Duplex>;
  close(): void;
  /** Calls back once when the proxy closes the tunnel (or says something unasked) while it waits for `connect`. */
  onLost(listener: () => void): void;
}

/**
 * A link cut into its parts and decoded, before a protocol gives it meaning. Every form in which a proxy can be described (links, YAML, JSON)
 * becomes this. Where a protocol has one secret instead of a login (a UUID, a password), it is the `username`; Shadowsocks has its
 * method as `username` and its key as `password`.
 */
export interface RawLink {
  readonly scheme: string; // lower case
  readonly host: string; // canonical: lower case, punycode, IPv6 without brackets
  readonly port: number;
  readonly username: string; // '' where there is none
  readonly password: string;
  readonly name: string; // '' where there is none
  readonly query: ReadonlyMap<string, string>; // decoded, names as written, in their order
}

/** One proxy as a link describes it. The canonical link is its only stored form. */
export interface ProxyDefinition {
  readonly scheme: string;
  readonly protocol: string; // for people: SOCKS5, HTTPS, ...
  readonly label: string; // the link's name, else its address; never holds a secret
  readonly address: string; // host:port, IPv6 in brackets
  readonly encrypted: boolean; // whether the way to the proxy is encrypted
  readonly insecure: boolean; // the link asks not to check the proxy's certificate: whoever stands in between can pose as the proxy
  readonly notSpoken: string | null; // what Paperplane does not speak yet (REALITY, Hysteria2, ...): kept and exported, never tried
  /** Canonical: parsing it gives this definition again. Holds the secret; leaves only by storage and by explicit export. */
  readonly link: string;
  /** `via` is how the proxy itself is reached: direct, or another proxy, which makes chains. */
  createClient(via: Outbound): ProxyClient;
}

export interface Protocol {
  readonly schemes: readonly string[];
  /** Throws LinkError. */
  parse(link: RawLink): ProxyDefinition;
}
