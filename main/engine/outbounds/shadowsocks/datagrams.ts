import { randomBytes } from 'node:crypto';
import { createAead } from '../../aead.ts';
import type { Datagrams, Destination, Packets } from '../../outbound.ts';
import { decodeSocksAddress, encodeSocksAddress } from '../../socks-address.ts';
import { isCarried } from '../destination.ts';
import { deriveSubkey } from './aead-coding.ts';
import type { Method } from './method.ts';

/** One datagram in one packet, both ways. */
export interface PacketCoding {
  encode(destination: Destination, payload: Buffer): Buffer;
  /** null or a throw for what is not from the proxy, or was there before. */
  decode(packet: Buffer): Addressed | null;
}

interface Addressed {
  readonly source: Destination;
  readonly payload: Buffer;
}

export function datagramsOver(packets: Packets, coding: PacketCoding): Datagrams {
  const decode = (packet: Buffer) => {
    try {
      return coding.decode(packet);
    } catch {
      return null; // anybody may send anything
    }
  };
  return {
    send(destination, payload) {
      if (isCarried(destination)) packets.send(coding.encode(destination, payload));
    },
    onMessage(listener) {
      packets.onMessage((packet) => {
        const datagram = decode(packet);
        if (datagram) listener(datagram.source, datagram.payload);
      });
    },
    onClose: packets.onClose,
    close: packets.close,
  };
}

/** Cuts the address off; null where there is none. */
export function splitAddress(bytes: Buffer): Addressed | null {
  const address = decodeSocksAddress(bytes);
  return address?.value ? { source: address.value, payload: bytes.subarray(address.length) } : null;
}

const noKey = Buffer.alloc(0);

/** Each packet has a salt of its own, and a key from it (shadowsocks.org/doc/aead.html, UDP). */
export function createAeadPackets({ aead, keyBytes, keys: [key = noKey] }: Method): PacketCoding {
  const nonce = Buffer.alloc(aead === 'xchacha20-poly1305' ? 24 : 12);
  const under = (salt: Buffer) => createAead(aead, deriveSubkey(key, salt));
  return {
    encode(destination, payload) {
      const salt = randomBytes(keyBytes);
      return Buffer.concat([salt, under(salt).seal(nonce, Buffer.concat([encodeSocksAddress(destination), payload]))]);
    },
    decode: (packet) => splitAddress(under(packet.subarray(0, keyBytes)).open(nonce, packet.subarray(keyBytes))),
  };
}
