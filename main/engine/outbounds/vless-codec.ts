import { EngineError } from '../errors.ts';
import type { Destination } from '../outbound.ts';
import type { Decode } from '../read-message.ts';
import { encodeSocksAddress } from '../socks-address.ts';
import { type AfterAnswer, afterAnswer } from '../transports/after-answer.ts';
import type { Coding } from '../transports/coded-stream.ts';

const version = 0;

/** What a client may ask for (Xray's proxy/vless/encoding, as all that is here). */
export const commands = { tcp: 1, udp: 2 } as const;

/** The head of a request, without addons. */
export function encodeRequest(id: Buffer, command: number, destination: Destination): Buffer {
  return Buffer.concat([Buffer.of(version), id, Buffer.of(0, command), encodePortAndAddress(destination)]);
}

/** As SOCKS5 has it, but with the port first, and numbers of its own for the types. VMess has the same. */
export function encodePortAndAddress(destination: Destination): Buffer {
  const socks = encodeSocksAddress(destination);
  const type = { 1: 1, 3: 2, 4: 3 }[socks[0] as 1 | 3 | 4];
  return Buffer.concat([socks.subarray(-2), Buffer.of(type), socks.subarray(1, -2)]);
}

/** The longest head of an answer. */
const longestAnswerBytes = 2 + 255;

/** The head of an answer comes with the first bytes. Throws `proxy-login-rejected` where a web server answers, because the id is unknown. */
const decodeAnswer: Decode<null> = (bytes) => {
  if (bytes.length > 0 && bytes[0] !== version)
    throw new EngineError(bytes[0] === 0x48 ? 'proxy-login-rejected' : 'proxy-protocol', 'not VLESS');
  const length = bytes.length < 2 ? Number.POSITIVE_INFINITY : 2 + bytes.readUInt8(1);
  return bytes.length < length ? null : { value: null, length };
};

type VlessCoding = Pick<Coding, 'encode'> & AfterAnswer;

/** The head goes with the first words. */
export function createVlessCoding(head: Buffer): VlessCoding {
  let unsaid: Buffer | null = head;
  return {
    encode(plain) {
      if (unsaid === null) return plain;
      const request = Buffer.concat([unsaid, plain]);
      unsaid = null;
      return request;
    },
    ...afterAnswer(decodeAnswer, longestAnswerBytes),
  };
}

/** The same for datagrams to one destination: each chunk is one, and has its length before it on the wire. */
export function createVlessDatagramCoding(head: Buffer): Coding {
  const { encode, decode, decodeEnd } = createVlessCoding(head);
  let held: Buffer = Buffer.alloc(0);
  return {
    encode: (payload) => encode(Buffer.concat([Buffer.of(payload.length >> 8, payload.length & 0xff), payload])),
    decode(wire) {
      const datagrams: Buffer[] = [];
      held = Buffer.concat([held, ...decode(wire)]);
      for (let end = datagramEnd(held); end <= held.length; end = datagramEnd(held)) {
        if (end > lengthBytes) datagrams.push(held.subarray(lengthBytes, end));
        held = held.subarray(end);
      }
      return datagrams;
    },
    decodeEnd,
  };
}

const lengthBytes = 2;

function datagramEnd(bytes: Buffer): number {
  return bytes.length < lengthBytes ? Number.POSITIVE_INFINITY : lengthBytes + bytes.readUInt16BE();
}
