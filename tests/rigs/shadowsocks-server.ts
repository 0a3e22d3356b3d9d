import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type ProxyRig, type ProxyRigOptions, type Request, startProxy } from './proxying.ts';
import { createCounter, identityHeader, type ServerMethod, seal, serverMethod, subkey, unseal } from './shadowsocks-boxes.ts';
import { readAddress } from './socks5-server.ts';
import { readExactly } from './streams.ts';

export interface ShadowsocksOptions extends ProxyRigOptions {
  /** 2022: what the server's clock is ahead, in seconds. */
  readonly clockAheadSeconds?: number;
  /** 2022: serves clients whatever their clocks say. */
  readonly servesAnyClock?: boolean;
  /** 2022: answers as if to another request. */
  readonly answersAnother?: boolean;
  /** Holds the connection of a client with a wrong key open and says nothing, as most servers do. */
  readonly isSilent?: boolean;
}

const tagBytes = 16;
const empty = Buffer.alloc(0);

/** A Shadowsocks server: `username` is the method, `password` the key. A client with another key is closed. */
export function startShadowsocks(options: ShadowsocksOptions = {}): Promise<ProxyRig> {
  const method = serverMethod(options.username ?? 'aes-256-gcm', options.password ?? '');
  const salts = new Set<string>();
  return startProxy<Duplex>(async (client) => {
    options.onWaiting?.(client as Socket);
    try {
      return await handshake(client, method, salts, options);
    } catch (error) {
      if (!options.isSilent) throw error;
      client.resume().once('end', () => client.destroy());
      return null;
    }
  }, options);
}

async function handshake(client: Duplex, method: ServerMethod, salts: Set<string>, options: ShadowsocksOptions): Promise<Request> {
  const salt = await readExactly(client, method.keyBytes);
  assert.ok(!salts.has(salt.toString('hex')), 'a salt for the second time');
  salts.add(salt.toString('hex'));
  if (method.identityKey) assert.deepEqual(await readExactly(client, 16), identityHeader(method, salt));
  const key = subkey(method, salt);
  const next = createCounter(method);
  const open = async (length: number) => unseal(method, key, next(), await readExactly(client, length + tagBytes));
  const openChunk = async () => open((await open(2)).readUInt16BE());
  const stream = new PlainStream(client, openChunk, createAnswer(method, salt, options));
  const begin = method.is2022 ? await readHeader(open, options) : await openChunk();
  stream.unshift(begin);
  const [type = 0] = await readExactly(stream, 1);
  const asked = await readAddress(stream, type);
  if (method.is2022) await skipPadding(stream);
  return { asked, granted: empty, refusal: () => empty, stream };
}

async function readHeader(
  open: (length: number) => Promise<Buffer>,
  { clockAheadSeconds = 0, servesAnyClock }: ShadowsocksOptions,
): Promise<Buffer> {
  const fixed = await open(11);
  assert.equal(fixed[0], 0);
  const apart = Number(fixed.readBigUInt64BE(1)) - Date.now() / 1000 - clockAheadSeconds;
  assert.ok(servesAnyClock || Math.abs(apart) <= 30, 'timestamp');
  return open(fixed.readUInt16BE(9));
}

/** Either padding or words are required (SIP022, section 3.1.3). */
async function skipPadding(stream: PlainStream): Promise<void> {
  const length = (await readExactly(stream, 2)).readUInt16BE();
  assert.ok(length <= 900);
  if (length > 0) await readExactly(stream, length);
  else assert.ok(stream.readableLength > 0);
}

/** Seals what the server says; the first time with what an answer begins with. */
function createAnswer(method: ServerMethod, requestSalt: Buffer, { answersAnother, clockAheadSeconds = 0 }: ShadowsocksOptions) {
  const salt = randomBytes(method.keyBytes);
  const key = subkey(method, salt);
  const next = createCounter(method);
  const box = (plain: Buffer) => seal(method, key, next(), plain);
  const length = (bytes: Buffer) => Buffer.of(bytes.length >> 8, bytes.length & 0xff);
  let hasBegun = false;
  return (plain: Buffer): Buffer => {
    const head = hasBegun ? [] : [salt];
    const isFirst2022 = !hasBegun && method.is2022;
    hasBegun = true;
    const seconds = Buffer.alloc(8);
    seconds.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000) + clockAheadSeconds));
    const echoed = answersAnother ? randomBytes(method.keyBytes) : requestSalt;
    const lead = isFirst2022 ? Buffer.concat([Buffer.of(1), seconds, echoed, length(plain)]) : length(plain);
    return Buffer.concat([...head, box(lead), box(plain)]);
  };
}

const longestChunkBytes = 0x3fff;

/** What is said inside. */
class PlainStream extends Duplex {
  readonly #client: Duplex;
  readonly #openChunk: () => Promise<Buffer>;
  readonly #seal: (plain: Buffer) => Buffer;
  #isReading = false;

  constructor(client: Duplex, openChunk: () => Promise<Buffer>, seal: (plain: Buffer) => Buffer) {
    super({ allowHalfOpen: true });
    this.#client = client;
    this.#openChunk = openChunk;
    this.#seal = seal;
    this.on('error', () => {});
    client.on('close', () => this.destroy());
  }

  override _read(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    this.#openChunk().then(
      (chunk) => {
        this.#isReading = false;
        this.push(chunk);
      },
      () => {
        if (this.#client.readableEnded) this.push(null);
        else this.#client.destroy(); // forged
      },
    );
  }

  override _write(plain: Buffer, _encoding: BufferEncoding, done: () => void): void {
    for (let at = 0; at < plain.length; at += longestChunkBytes) this.#client.write(this.#seal(plain.subarray(at, at + longestChunkBytes)));
    done();
  }

  override _final(done: () => void): void {
    this.#client.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#client.destroy();
    done(error);
  }
}
