import { createDecipheriv, createHash, createHmac } from 'node:crypto';
import type { Socket } from 'node:net';
import { Duplex, PassThrough } from 'node:stream';
import { gcm } from '@noble/ciphers/aes.js';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { shake128 } from '@noble/hashes/sha3.js';
import { parseUuid } from '../../main/engine/outbounds/uuid.ts';
import { type Asked, type ProxyRig, type ProxyRigOptions, type Request, startProxy } from './proxying.ts';
import { readExactly } from './streams.ts';
import { startUdpRelay } from './udp-relay.ts';
import { readPortAndAddress } from './vless-server.ts';

interface VmessOptions extends ProxyRigOptions {
  /** Who does not seal the lengths of chunks is not let in. */
  readonly wantsSealedLengths?: boolean;
}

/** A VMess server that knows sealed heads alone, written from the protocol's description. To who is not let in it says nothing and closes. */
export function startVmess(options: VmessOptions): Promise<ProxyRig> {
  return startProxy<Duplex>((client, asked) => handshake(client, asked, options), options);
}

async function handshake(
  client: Duplex,
  askedFor: Asked[],
  { username = '', onWaiting, unwrap, wantsSealedLengths }: VmessOptions,
): Promise<Request | null> {
  if (!unwrap) onWaiting?.(client as Socket);
  const head = await readHead(client, parseUuid(username));
  const fields = new PassThrough().end(head.subarray(37));
  await readExactly(fields, 1);
  const asked = await readPortAndAddress(fields);
  const [iv, key] = [head.subarray(1, 17), head.subarray(17, 33)];
  const [tag = 0, option = 0, security = 0] = head.subarray(33, 36);
  if (wantsSealedLengths && (option & 16) === 0) throw new Error('lengths are not sealed');
  const cipher = (security & 15) === 3 ? 'aes-128-gcm' : (security & 15) === 4 ? 'chacha20-poly1305' : null;
  const half = (bytes: Buffer) => createHash('sha256').update(bytes).digest().subarray(0, 16);
  const up = createBody(cipher, option, key, iv);
  const down = createBody(cipher, option, half(key), half(iv));
  const answer = sealAnswer(half(key), half(iv), tag);
  if (head[37] === 2) return serveDatagrams(client, asked, askedFor, up, down.write, answer);
  if (head[37] !== 1) throw new Error('command');
  return { asked, granted: Buffer.alloc(0), refusal: () => Buffer.alloc(0), stream: createStream(client, up, down, answer) };
}

async function serveDatagrams(client: Duplex, destination: Asked, asked: Asked[], up: Body, seal: Body['write'], answer: Buffer) {
  let unsaid = answer;
  const relay = startUdpRelay((_source, payload) => {
    client.write(Buffer.concat([unsaid, seal(payload)]));
    unsaid = Buffer.alloc(0);
  });
  client.once('close', () => relay.close());
  for (let payload = await up.read(client); payload.length > 0; payload = await up.read(client)) {
    asked.push(destination);
    relay.send(destination, payload);
  }
  return null;
}

/** Nested HMAC. */
function derive(key: Buffer, ...path: readonly (string | Buffer)[]): Buffer {
  const last = path.at(-1);
  if (last === undefined) return createHmac('sha256', 'VMess AEAD KDF').update(key).digest();
  const pad = (byte: number) => {
    const block = Buffer.alloc(64, byte);
    for (const [i, value] of Buffer.from(last as string).entries()) block.writeUInt8(block.readUInt8(i) ^ value, i);
    return block;
  };
  const below = (...message: Buffer[]) => derive(Buffer.concat(message), ...path.slice(0, -1));
  return below(pad(0x5c), below(pad(0x36), key));
}

/** Of @noble/ciphers, because this process's own crypto may lack ChaCha20. */
function aead(cipher: string, key: Buffer, nonce: Buffer, context?: Buffer) {
  return cipher === 'chacha20-poly1305' ? chacha20poly1305(key, nonce, context) : gcm(key, nonce, context);
}

function open(cipher: string, key: Buffer, nonce: Buffer, sealed: Buffer, context?: Buffer): Buffer {
  return Buffer.from(aead(cipher, key, nonce, context).decrypt(sealed));
}

function seal(cipher: string, key: Buffer, nonce: Buffer, plain: Buffer): Buffer {
  return Buffer.from(aead(cipher, key, nonce).encrypt(plain));
}

async function readHead(client: Duplex, id: Buffer): Promise<Buffer> {
  const key = createHash('md5').update(id).update('c48619fe-8f02-49e0-b9e9-edf763e17e21').digest();
  const authId = await readExactly(client, 16);
  const decipher = createDecipheriv('aes-128-ecb', derive(key, 'AES Auth ID Encryption').subarray(0, 16), null).setAutoPadding(false);
  const seconds = Number(Buffer.concat([decipher.update(authId), decipher.final()]).readBigInt64BE());
  if (Math.abs(seconds - Date.now() / 1000) > 120) throw new Error('not now, or not this id');
  const sealedLength = await readExactly(client, 18);
  const nonce = await readExactly(client, 8);
  const openFor = (purpose: string, sealed: Buffer) => {
    const own = derive(key, `VMess Header AEAD Key${purpose}`, authId, nonce).subarray(0, 16);
    return open('aes-128-gcm', own, derive(key, `VMess Header AEAD Nonce${purpose}`, authId, nonce).subarray(0, 12), sealed, authId);
  };
  const length = openFor('_Length', sealedLength).readUInt16BE();
  return openFor('', await readExactly(client, length + 16));
}

function sealAnswer(key: Buffer, iv: Buffer, tag: number): Buffer {
  const sealFor = (purpose: string, plain: Buffer) =>
    seal(
      'aes-128-gcm',
      derive(key, `AEAD Resp Header${purpose} Key`).subarray(0, 16),
      derive(iv, `AEAD Resp Header${purpose} IV`).subarray(0, 12),
      plain,
    );
  const head = Buffer.of(tag, 0, 0, 0);
  return Buffer.concat([sealFor(' Len', Buffer.of(0, head.length)), sealFor('', head)]);
}

interface Body {
  read(client: Duplex): Promise<Buffer>;
  write(plain: Buffer): Buffer;
}

function createBody(cipher: string | null, option: number, key: Buffer, iv: Buffer): Body {
  const mask = shake128.create({}).update(iv);
  const next = () => Buffer.from(mask.xof(2)).readUInt16BE();
  const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest();
  const keyFor = (own: Buffer) => (cipher === 'chacha20-poly1305' ? Buffer.concat([md5(own), md5(md5(own))]) : own);
  const counters = { chunk: 0, length: 0 };
  const nonce = (which: keyof typeof counters) => {
    const bytes = Buffer.concat([Buffer.alloc(2), iv.subarray(2, 12)]);
    bytes.writeUInt16BE(counters[which]++);
    return bytes;
  };
  const lengthKey = keyFor(derive(key, 'auth_len').subarray(0, 16));
  const isSealed = (option & 16) !== 0;
  const tagBytes = cipher ? 16 : 0;
  return {
    async read(client) {
      const padding = option & 8 ? next() % 64 : 0;
      const size =
        cipher && isSealed
          ? open(cipher, lengthKey, nonce('length'), await readExactly(client, 18)).readUInt16BE() + 16
          : (await readExactly(client, 2)).readUInt16BE() ^ next();
      const chunk = (await readExactly(client, size)).subarray(0, size - padding);
      return cipher ? open(cipher, keyFor(key), nonce('chunk'), chunk) : chunk;
    },
    write(plain) {
      const padding = option & 8 ? next() % 64 : 0;
      const size = Buffer.alloc(2);
      size.writeUInt16BE(cipher && isSealed ? plain.length + padding : (plain.length + tagBytes + padding) ^ next());
      const head = cipher && isSealed ? seal(cipher, lengthKey, nonce('length'), size) : size;
      const chunk = cipher ? seal(cipher, keyFor(key), nonce('chunk'), plain) : plain;
      return Buffer.concat([head, chunk, Buffer.alloc(padding, 7)]);
    },
  };
}

/** The answer goes with the first bytes. */
function createStream(client: Duplex, up: Body, down: Body, answer: Buffer): Duplex {
  let unsaid = answer;
  let isReading = false;
  const say = (plain: Buffer) => {
    const pieces: Buffer[] = [unsaid];
    unsaid = Buffer.alloc(0);
    for (let at = 0; at === 0 || at < plain.length; at += 8000) pieces.push(down.write(plain.subarray(at, at + 8000)));
    return Buffer.concat(pieces);
  };
  const stream = new Duplex({
    allowHalfOpen: true,
    read() {
      if (isReading) return;
      isReading = true;
      up.read(client).then(
        (plain) => {
          isReading = false;
          stream.push(plain.length === 0 ? null : plain);
        },
        () => stream.destroy(),
      );
    },
    write: (plain: Buffer, _encoding, done) => void (plain.length === 0 ? done() : client.write(say(plain), done)),
    final: (done) => void client.end(say(Buffer.alloc(0)), done),
    destroy(error, done) {
      client.destroy();
      done(error);
    },
  });
  client.once('close', () => stream.destroy());
  return stream.on('error', () => {});
}
