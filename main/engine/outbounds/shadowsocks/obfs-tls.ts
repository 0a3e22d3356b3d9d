import { randomBytes } from 'node:crypto';
import { EngineError } from '../../errors.ts';
import type { Coding } from '../../transports/coded-stream.ts';
import { createStepReader, type Step } from '../step-reader.ts';
import { uint16 } from './boxes.ts';

const recordTypes = { changeCipherSpec: 0x14, handshake: 0x16, data: 0x17 } as const;
const longestRecordBytes = 16_384;
/** As much as real session tickets may have, and is still one packet. */
const longestTicketBytes = 1024;

/**
 * simple-obfs as TLS (its obfs_tls.c): the first words go as the session ticket of a ClientHello, all others as records of data. The answer
 * begins with a ServerHello and a ChangeCipherSpec, both for show.
 */
export function createTlsObfuscation(host: string): Coding {
  let hasSpoken = false;
  return {
    encode(plain) {
      const ticketBytes = hasSpoken ? 0 : Math.min(plain.length, longestTicketBytes);
      const wire = hasSpoken ? [] : [encodeHello(host, plain.subarray(0, ticketBytes))];
      hasSpoken = true;
      for (let at = ticketBytes; at < plain.length; at += longestRecordBytes) {
        const part = plain.subarray(at, at + longestRecordBytes);
        wire.push(Buffer.of(recordTypes.data, 3, 3), uint16(part.length), part);
      }
      return Buffer.concat(wire);
    },
    ...createStepReader(recordSteps([recordTypes.handshake, recordTypes.changeCipherSpec])),
  };
}

/** Records: first those of the types for show, then the others, whose contents are meant. */
function recordSteps([show, ...laterShow]: readonly number[]): Step {
  const next = (): Step => (show === undefined ? head : recordSteps(laterShow));
  const head: Step = {
    bytes: 5,
    mayEnd: true,
    read(bytes) {
      const [type, major, , high = 0, low = 0] = bytes;
      const isKnown = show === undefined ? type === recordTypes.data || type === recordTypes.handshake : type === show;
      if (!isKnown || major !== 3) throw new EngineError('proxy-protocol', 'not TLS');
      return { bytes: high * 256 + low, read: content };
    },
  };
  const content: Step['read'] = (bytes, emit) => {
    if (show === undefined && bytes.length > 0) emit(bytes);
    return next();
  };
  return head;
}

// What browsers of its time offered; servers skip over it.
const ciphers = Buffer.from(
  'c02cc030009fcca9cca8ccaac02bc02f009ec024c028006bc023c0270067c00ac0140039c009c0130033009d009c003d003c0035002f00ff',
  'hex',
);
const otherExtensions = Buffer.from(
  '000b000403000102000a000a0008001d001700190018000d0020001e060106020603050105020503040104020403030103020303020102020203' +
    '0016000000170000',
  'hex',
);

function encodeHello(host: string, ticket: Buffer): Buffer {
  const name = Buffer.from(host);
  const serverName = sized(Buffer.concat([Buffer.of(0), sized(name)]));
  const extensions = [uint16(0x23), sized(ticket), uint16(0), sized(serverName), otherExtensions];
  const seconds = Buffer.alloc(4);
  seconds.writeUInt32BE(Math.floor(Date.now() / 1000));
  const body = Buffer.concat([
    Buffer.of(3, 3),
    seconds,
    randomBytes(28),
    Buffer.of(32),
    randomBytes(32),
    sized(ciphers),
    Buffer.of(1, 0), // no compression
    sized(Buffer.concat(extensions)),
  ]);
  const handshake = Buffer.concat([Buffer.of(1, 0), sized(body)]);
  return Buffer.concat([Buffer.of(recordTypes.handshake, 3, 1), sized(handshake)]);
}

/** The bytes after their length. */
function sized(bytes: Buffer): Buffer {
  return Buffer.concat([uint16(bytes.length), bytes]);
}
