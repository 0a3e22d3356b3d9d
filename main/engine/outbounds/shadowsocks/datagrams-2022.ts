import { createDecipheriv, randomBytes } from 'node:crypto';
import { createAead } from '../../aead.ts';
import { EngineError } from '../../errors.ts';
import type { Destination } from '../../outbound.ts';
import { encodeSocksAddress } from '../../socks-address.ts';
import { uint16 } from './boxes.ts';
import { checkTimestamp, deriveSessionKey, encryptBlock, keyHash, paddingFor, timestamp, types } from './coding-2022.ts';
import { type PacketCoding, splitAddress } from './datagrams.ts';
import type { Method } from './method.ts';
import { createReplayWindow } from './replay-window.ts';

const headBytes = 16; // session, packet
const dnsPort = 53;
const noPadding = uint16(0);

/** How head and body of a packet are sealed: the two families of ciphers do it differently. */
interface Envelope {
  seal(head: Buffer, body: Buffer): Buffer;
  /** Throws EngineError. */
  open(packet: Buffer): { readonly head: Buffer; readonly body: Buffer };
}

/** Datagrams of Shadowsocks 2022 (SIP022, section 3.2): one session here, numbered packets, and no packet of the proxy's is heard twice. */
export function createPackets2022(method: Method): PacketCoding {
  const session = randomBytes(8);
  const envelope = method.aead === 'chacha20-poly1305' ? createChaChaEnvelope(method) : createAesEnvelope(method);
  const isNew = createSessions();
  let count = 0n;
  return {
    encode(destination, payload) {
      const head = Buffer.concat([session, Buffer.alloc(8)]);
      head.writeBigUInt64BE(count++, 8);
      return envelope.seal(head, encodeBody(destination, payload));
    },
    decode(packet) {
      const { head, body } = envelope.open(packet);
      if (body[0] !== types.fromServer || !body.subarray(9, 17).equals(session)) throw new EngineError('proxy-protocol', 'not our answer');
      checkTimestamp(body.subarray(1, 9));
      if (!isNew(head)) return null;
      return splitAddress(body.subarray(19 + body.readUInt16BE(17)));
    },
  };
}

/** What is short and everybody knows the length of is padded: questions for names. */
function encodeBody(destination: Destination, payload: Buffer): Buffer {
  const padding = destination.port === dnsPort ? paddingFor(payload.length) : noPadding;
  return Buffer.concat([Buffer.of(types.fromClient), timestamp(), padding, encodeSocksAddress(destination), payload]);
}

const mostSessions = 4;

/** The proxy begins a new session when it is started anew. The oldest is forgotten: its packets are too old by then. */
function createSessions(): (head: Buffer) => boolean {
  const windows = new Map<string, (number: number) => boolean>();
  return (head) => {
    const session = head.toString('latin1', 0, 8);
    const window = windows.get(session) ?? createReplayWindow();
    windows.set(session, window);
    const [oldest] = windows.keys();
    if (windows.size > mostSessions && oldest !== undefined) windows.delete(oldest);
    return window(Number(head.readBigUInt64BE(8)));
  };
}

/** AES: the head is one block under the first key, identities follow it, and the body's key comes from the session (SIP022, SIP023). */
function createAesEnvelope({ aead, keys }: Method): Envelope {
  const first = keys[0] as Buffer;
  const own = keys.at(-1) as Buffer;
  const box = (head: Buffer) => createAead(aead, deriveSessionKey(own, head.subarray(0, 8)));
  return {
    seal(head, body) {
      const identities = keys.slice(1).map((next, i) => encryptBlock(keys[i] as Buffer, xor(keyHash(next), head)));
      return Buffer.concat([encryptBlock(first, head), ...identities, box(head).seal(head.subarray(4), body)]);
    },
    open(packet) {
      const head = decryptBlock(own, packet.subarray(0, headBytes));
      return { head, body: box(head).open(head.subarray(4), packet.subarray(headBytes)) };
    },
  };
}

const nonceBytes = 24;

/** ChaCha20: all is under the key itself, with a random nonce in front. */
function createChaChaEnvelope({ keys }: Method): Envelope {
  const box = createAead('xchacha20-poly1305', keys[0] as Buffer);
  return {
    seal(head, body) {
      const nonce = randomBytes(nonceBytes);
      return Buffer.concat([nonce, box.seal(nonce, Buffer.concat([head, body]))]);
    },
    open(packet) {
      const plain = box.open(packet.subarray(0, nonceBytes), packet.subarray(nonceBytes));
      return { head: plain.subarray(0, headBytes), body: plain.subarray(headBytes) };
    },
  };
}

function decryptBlock(key: Buffer, block: Buffer): Buffer {
  const cipher = createDecipheriv(`aes-${key.length * 8}-ecb`, key, null).setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]);
}

function xor(a: Buffer, b: Buffer): Buffer {
  return Buffer.from(a.map((byte, i) => byte ^ (b[i] ?? 0)));
}
