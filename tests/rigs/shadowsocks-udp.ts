import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { decodeSocksAddress, encodeSocksAddress } from '../../main/engine/socks-address.ts';
import type { Asked, ProxyRig, ProxyRigOptions } from './proxying.ts';
import { block, type ServerMethod, seal, serverMethod, subkey, unblock, unseal } from './shadowsocks-boxes.ts';
import { startUdpRelay, type UdpRelay } from './udp-relay.ts';

/** Seals what a server says to one client, and opens what that one says. Packets that are not right throw. */
interface ServerPackets {
  open(packet: Buffer): Buffer; // from the address on
  seal(plain: Buffer): Buffer;
}

export interface ShadowsocksUdpOptions extends ProxyRigOptions {
  /** Every answer is sent so many times. */
  readonly copies?: number;
}

/** The UDP side of a Shadowsocks server: `username` is the method, `password` the key. Packets that are not right are passed over. */
export async function startShadowsocksUdp(options: ShadowsocksUdpOptions = {}): Promise<ProxyRig> {
  const { host = '127.0.0.1', copies = 1 } = options;
  const method = serverMethod(options.username ?? 'aes-256-gcm', options.password ?? '');
  const asked: Asked[] = [];
  const clients = new Map<string, { relay: UdpRelay; packets: ServerPackets }>();
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');

  const clientAt = ({ address, port }: RemoteInfo) => {
    const name = `${address} ${port}`;
    const packets = method.is2022 ? createPackets2022(method) : createPackets(method);
    const answer = (source: Asked, payload: Buffer) => {
      const sealed = packets.seal(Buffer.concat([encodeSocksAddress(source), payload]));
      for (let copy = 0; copy < copies; copy++) socket.send(sealed, port, address);
    };
    const client = clients.get(name) ?? { packets, relay: startUdpRelay(answer) };
    clients.set(name, client);
    return client;
  };
  socket.on('message', (packet, from) => {
    try {
      const { packets, relay } = clientAt(from);
      const plain = packets.open(packet);
      const to = decodeSocksAddress(plain);
      assert.ok(to?.value);
      asked.push({ as: plain[0] === 3 ? 'name' : plain[0] === 1 ? 'ipv4' : 'ipv6', ...to.value });
      relay.send(asked.at(-1) as Asked, plain.subarray(to.length));
    } catch {
      // as servers do: no answer
    }
  });
  socket.bind(0, host);
  await once(socket, 'listening');
  return {
    host,
    port: socket.address().port,
    asked,
    open: 0,
    accepted: 0,
    empty: () => Promise.resolve(), // there is nothing to be open
    async [Symbol.asyncDispose]() {
      for (const { relay } of clients.values()) relay.close();
      socket.close();
      await once(socket, 'close');
    },
  };
}

function createPackets(method: ServerMethod): ServerPackets {
  const nonce = new Uint8Array(method.nonceBytes);
  return {
    open: (packet) => unseal(method, subkey(method, packet.subarray(0, method.keyBytes)), nonce, packet.subarray(method.keyBytes)),
    seal(plain) {
      const salt = randomBytes(method.keyBytes);
      return Buffer.concat([salt, seal(method, subkey(method, salt), nonce, plain)]);
    },
  };
}

/** SIP022, section 3.2. */
function createPackets2022(method: ServerMethod): ServerPackets {
  const session = randomBytes(8);
  let clientSession = Buffer.alloc(8);
  let count = 0n;
  return {
    open(packet) {
      const { head, body } = method.isChaCha ? openChaCha(method, packet) : openAes(method, packet);
      clientSession = Buffer.from(head.subarray(0, 8));
      assert.equal(body[0], 0);
      assert.ok(Math.abs(Number(body.readBigUInt64BE(1)) - Date.now() / 1000) <= 30, 'timestamp');
      return body.subarray(11 + body.readUInt16BE(9));
    },
    seal(plain) {
      const head = Buffer.concat([session, Buffer.alloc(8)]);
      head.writeBigUInt64BE(count++, 8);
      const seconds = Buffer.alloc(8);
      seconds.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 1000)));
      const body = Buffer.concat([Buffer.of(1), seconds, clientSession, Buffer.of(0, 3, 9, 9, 9), plain]);
      if (!method.isChaCha) return Buffer.concat([block(method.key, head), seal(method, subkey(method, session), head.subarray(4), body)]);
      const nonce = randomBytes(24);
      return Buffer.concat([nonce, seal(method, method.key, nonce, Buffer.concat([head, body]))]);
    },
  };
}

function openChaCha(method: ServerMethod, packet: Buffer): { head: Buffer; body: Buffer } {
  const plain = unseal(method, method.key, packet.subarray(0, 24), packet.subarray(24));
  return { head: plain.subarray(0, 16), body: plain.subarray(16) };
}

function openAes(method: ServerMethod, packet: Buffer): { head: Buffer; body: Buffer } {
  const head = unblock(method.identityKey ?? method.key, packet.subarray(0, 16));
  const bodyAt = method.identityKey ? 32 : 16; // the identity itself is for servers with many users
  return { head, body: unseal(method, subkey(method, head.subarray(0, 8)), head.subarray(4), packet.subarray(bodyAt)) };
}
