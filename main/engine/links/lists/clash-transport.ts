import { earlyData, entryOf, type Fields, fieldsOf, isOn, type Pairs, textOf } from './fields.ts';

/** Transport and TLS of a Clash proxy under the names of Xray's share links. */
export function clashTransport(node: Fields): Pairs {
  const network = textOf(node, 'network').toLowerCase() || 'tcp';
  return [...(entryOf(transports, network)?.(node) ?? [['type', network] as const]), ...security(node)];
}

function security(node: Fields): Pairs {
  const reality = fieldsOf(node, 'reality-opts');
  const isReality = textOf(reality, 'public-key') !== '';
  return [
    ['security', isReality ? 'reality' : isOn(node, 'tls') ? 'tls' : ''],
    ['sni', textOf(node, 'sni', 'servername')],
    ['alpn', textOf(node, 'alpn')],
    ['fp', textOf(node, 'client-fingerprint')],
    ['pcs', textOf(node, 'fingerprint')], // the certificate's, not the handshake's
    ['pbk', textOf(reality, 'public-key')],
    ['sid', textOf(reality, 'short-id')],
    ['allowInsecure', isOn(node, 'skip-cert-verify') ? '1' : ''],
    ['ech', isOn(fieldsOf(node, 'ech-opts'), 'enable') ? '1' : ''],
  ];
}

const transports: Record<string, (node: Fields) => Pairs> = {
  ws(node) {
    const options = fieldsOf(node, 'ws-opts');
    const headers = { ...fieldsOf(node, 'ws-headers'), ...fieldsOf(options, 'headers') };
    return [
      ['type', isOn(options, 'v2ray-http-upgrade') ? 'httpupgrade' : 'ws'],
      ['host', textOf(headers, 'Host', 'host')],
      ['path', textOf(options, 'path') || textOf(node, 'ws-path')],
      ...earlyData(textOf(options, 'max-early-data'), textOf(options, 'early-data-header-name')),
    ];
  },
  grpc: (node) => [
    ['type', 'grpc'],
    ['serviceName', textOf(fieldsOf(node, 'grpc-opts'), 'grpc-service-name')],
  ],
  h2(node) {
    const options = fieldsOf(node, 'h2-opts');
    return [
      ['type', 'http'],
      ['host', textOf(options, 'host')],
      ['path', textOf(options, 'path')],
    ];
  },
  http(node) {
    const options = fieldsOf(node, 'http-opts');
    return [
      ['type', 'tcp'],
      ['headerType', 'http'],
      ['host', textOf(fieldsOf(options, 'headers'), 'Host', 'host')],
      ['path', textOf(options, 'path')],
    ];
  },
  xhttp(node) {
    const options = fieldsOf(node, 'xhttp-opts');
    return [
      ['type', 'xhttp'],
      ['host', textOf(options, 'host')],
      ['path', textOf(options, 'path')],
      ['mode', textOf(options, 'mode')],
    ];
  },
};
