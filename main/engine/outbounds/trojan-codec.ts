import { createHash } from 'node:crypto';
import { EngineError } from '../errors.ts';
import type { Destination } from '../outbound.ts';
import { encodeSocksAddress } from '../socks-address.ts';
import type { Coding } from '../transports/coded-stream.ts';

const lineEnd = Buffer.from('\r\n');

/** What a client may ask for (trojan-gfw.github.io/trojan/protocol, as all that is here). */
export const commands = { connect: 1, udp: 3 } as const;

/** What shows that one knows the password: its SHA-224 in hexadecimal, and the end of the line. */
export function encodePassword(password: string): Buffer {
  return Buffer.from(`${createHash('sha224').update(password).digest('hex')}\r\n`);
}

/** The head of a request: who asks, the command, the destination. */
export function encodeRequest(password: Buffer, command: number, destination: Destination): Buffer {
  return Buffer.concat([password, Buffer.of(command), encodeSocksAddress(destination), lineEnd]);
}

const httpStart = Buffer.from('HTTP/1.');

/**
 * The head goes with the first words and is answered by nothing. A server that does not know the password hands everything to a web
 * server: where HTTP answers what was no HTTP, decoding throws `proxy-login-rejected`.
 */
export function createTrojanCoding(head: Buffer): Coding {
  let unsaid: Buffer | null = head;
  let hasWords = false;
  let matched = 0; // how much of what came is as in HTTP
  let isSettled = false;
  return {
    encode(plain) {
      if (!hasWords && plain.length > 0) {
        hasWords = true; // which may come later than the head
        isSettled = isSettled || /^[A-Z]{3,12} /.test(plain.toString('latin1', 0, 13));
      }
      if (unsaid === null) return plain;
      const request = Buffer.concat([unsaid, plain]);
      unsaid = null;
      return request;
    },
    decode(wire) {
      for (let at = 0; !isSettled && at < wire.length; at++) {
        if (wire[at] !== httpStart[matched]) isSettled = true;
        else if (++matched === httpStart.length) throw new EngineError('proxy-login-rejected');
      }
      return [wire];
    },
  };
}
