/**
 * The proxy settings of one Windows connection: what WinINET calls per-connection options. Windows keeps them for the LAN connection, which
 * every network card shares, and for each dial-up or VPN entry by its name.
 */
export interface Connection {
  readonly name: string; // '' is the LAN connection
  readonly flags: number; // bits of connectionFlags
  readonly server: string; // host:port, or http=host:port;https=host:port
  readonly bypass: string; // separated by semicolons
  readonly autoConfigUrl: string;
}

/** PROXY_TYPE_* of wininet.h. Several may be set; `direct` always is. */
export const connectionFlags = { direct: 1, proxy: 2, autoConfigUrl: 4, autoDetect: 8 } as const;

/** What is not there stays as it is; so do the flags that are in neither `on` nor `off`. */
export interface ConnectionChange extends Partial<Omit<Connection, 'flags'>> {
  readonly name: string;
  readonly on: number;
  readonly off: number;
}
