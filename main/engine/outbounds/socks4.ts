import { isIPv6 } from 'node:net';
import { Duplex } from 'node:stream';
import { SocksClient } from 'socks';
import { EngineError, LinkError } from '../errors.ts';
import type { Destination, Outbound, Protocol, ProxyClient } from '../outbound.ts';
import { type Decode, readMessage } from '../read-message.ts';
import { checkLoginLength, createDefinition, type Login } from './definition.ts';
import { createProxyClient } from './proxy-client.ts';

export const socks4 = protocol('socks4', 'SOCKS4');
export const socks4a = protocol('socks4a', 'SOCKS4a');

// They differ in nothing but name: as names are never resolved here, a name goes in the 4a form to a SOCKS4 proxy too.
function protocol(scheme: string, name: string): Protocol {
  return {
    schemes: [scheme],
    parse(link) {
      if (link.password !== '') throw new LinkError('login-not-possible', name);
      if (link.username.includes('\0')) throw new LinkError('bad-encoding', 'user name'); // it ends the field on the wire
      checkLoginLength(link);
      return createDefinition(link, { scheme, protocol: name, encrypted: false, query: link.query, createClient: createSocks4Client });
    },
  };
}

function createSocks4Client(proxy: Destination, { username }: Login, via: Outbound): ProxyClient {
  return createProxyClient(proxy, via, {
    greet: () => {}, // SOCKS4 has one message each way, and the first names the destination
    ask: (stream, destination) => ask(stream, destination, proxy, username),
  });
}

const replyBytes = 8;

// The memo says that a reply begins with 0, some servers repeat the 4.
const decodeReply: Decode<Buffer> = (bytes) => {
  if (bytes.length > 0 && bytes[0] !== 0 && bytes[0] !== 4) throw new EngineError('proxy-protocol', 'not SOCKS4');
  return bytes.length < replyBytes ? null : { value: bytes.subarray(0, replyBytes), length: replyBytes };
};

/**
 * The handshake as the `socks` library speaks it (the SOCKS4 and SOCKS 4A memos). It gets a stream of its own, into which exactly the reply is put: on the
 * real one it would lose what comes with the reply, resume the stream, and outlive the abort. Its errors carry the login, so none leaves.
 */
async function ask(stream: Duplex, destination: Destination, proxy: Destination, userId: string): Promise<void> {
  if (isIPv6(destination.host)) throw new EngineError('destination-unreachable', 'SOCKS4 has no IPv6');
  const wire = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      stream.write(chunk);
      done();
    },
  });
  try {
    const granted = SocksClient.createConnection({
      command: 'connect',
      proxy: { host: proxy.host, port: proxy.port, type: 4, userId },
      destination: { host: destination.host, port: destination.port },
      existing_socket: wire,
    }).then(
      () => true,
      () => false,
    );
    const limits = { limitBytes: replyBytes, closed: 'proxy-closed', malformed: 'proxy-protocol' } as const;
    const reply = await readMessage(stream, decodeReply, limits);
    wire.push(reply);
    if (!(await granted)) throw replyError(reply.readUInt8(1));
  } finally {
    wire.destroy();
  }
}

// 91 is all that most servers ever say; 92 and 93 are about the user's identity, which only an ident server could prove.
function replyError(code: number): EngineError {
  if (code === 91) return new EngineError('proxy-failed', 'SOCKS4 reply 91');
  if (code === 92 || code === 93) return new EngineError('proxy-login-rejected', `SOCKS4 reply ${code}`);
  return new EngineError('proxy-protocol', `SOCKS4 reply ${code}`);
}
