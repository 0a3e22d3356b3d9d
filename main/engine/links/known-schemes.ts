/**
 * Schemes of proxies that people paste and that are not spoken: scheme -> the name that a person knows it by. Such links are kept, and shown as
 * not usable. A protocol that is added to ../outbounds leaves this list.
 */
export const knownSchemes: ReadonlyMap<string, string> = new Map([
  ['ssr', 'ShadowsocksR'],
  ['socks5+tls', 'SOCKS5 over TLS'],
  ['trojan-go', 'Trojan-Go'],
  ['hysteria', 'Hysteria'],
  ['hy', 'Hysteria'],
  ['hysteria2', 'Hysteria2'],
  ['hy2', 'Hysteria2'],
  ['hysteria2+realm', 'Hysteria2'],
  ['hysteria2+realm+http', 'Hysteria2'],
  ['tuic', 'TUIC'],
  ['wireguard', 'WireGuard'],
  ['wg', 'WireGuard'],
  ['awg', 'AmneziaWG'],
  ['vpn', 'Amnezia'],
  ['warp', 'WARP'],
  ['anytls', 'AnyTLS'],
  ['shadowtls', 'ShadowTLS'],
  ['ssh', 'SSH'],
  ['naive', 'NaiveProxy'],
  ['naive+https', 'NaiveProxy'],
  ['naive+quic', 'NaiveProxy'],
  ['juicity', 'Juicity'],
  ['snell', 'Snell'],
  ['mieru', 'Mieru'],
  ['mierus', 'Mieru'],
  ['tt', 'TrustTunnel'],
  ['brook', 'Brook'],
]);

/** Schemes of other programs: their links lead to subscriptions, and sometimes hold proxies in a form of their own. */
export const programSchemes: ReadonlyMap<string, string> = new Map([
  ['ssconf', 'Outline'],
  ['clash', 'Clash'],
  ['clashmeta', 'Clash'],
  ['clash-verge', 'Clash'],
  ['mihomo', 'Clash'],
  ['sparkle', 'Clash'],
  ['sing-box', 'sing-box'],
  ['hiddify', 'Hiddify'],
  ['v2ray', 'V2Ray'],
  ['v2rayn', 'v2rayN'],
  ['v2rayng', 'v2rayNG'],
  ['sn', 'NekoBox'],
  ['shadowrocket', 'Shadowrocket'],
  ['surge', 'Surge'],
  ['quantumult-x', 'Quantumult X'],
  ['sub', 'Shadowrocket'],
]);
