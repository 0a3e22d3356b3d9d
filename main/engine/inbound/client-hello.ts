/**
 * `whole`: one ClientHello and nothing else. `begun`: the start of one, its rest may come. `unclear`: too few bytes to tell. `other`: none of
 * these, whatever comes.
 */
export type HelloKind = 'whole' | 'begun' | 'unclear' | 'other';

const alertRecord = 21;
const handshakeRecord = 22;
const recordHeaderBytes = 5;
const longestRecordBytes = 2 ** 14;
const clientHelloMessage = 1;
const messageHeaderBytes = 4;
const shortestHelloBytes = 41; // version, random, no session, one cipher suite, one compression method

/**
 * Tells whether bytes are a TLS ClientHello (RFC 8446, section 4.1.2) in one or more records (section 5.1): the one thing that an application
 * can say twice without any effect. A ClientHello that anything follows is `other`.
 */
export function recogniseClientHello(bytes: Buffer): HelloKind {
  const header = Buffer.alloc(messageHeaderBytes); // the message's: it may be cut by records too
  let messageBytes = Number.POSITIVE_INFINITY;
  let seenBytes = 0;
  let at = 0;
  while (at + recordHeaderBytes <= bytes.length && seenBytes < messageBytes) {
    const recordBytes = bytes.readUInt16BE(at + 3);
    if (!beginsRecord(bytes, at) || recordBytes === 0 || recordBytes > longestRecordBytes) return 'other';
    const payload = bytes.subarray(at + recordHeaderBytes, at + recordHeaderBytes + recordBytes);
    if (seenBytes < messageHeaderBytes) payload.copy(header, seenBytes);
    if (seenBytes + payload.length >= messageHeaderBytes) messageBytes = messageHeaderBytes + header.readUIntBE(1, 3);
    if (messageBytes < messageHeaderBytes + shortestHelloBytes || seenBytes + recordBytes > messageBytes) return 'other';
    seenBytes += payload.length;
    at += recordHeaderBytes + recordBytes;
  }
  const isNextOdd = at < bytes.length && (seenBytes >= messageBytes || !beginsRecord(bytes, at));
  if (isNextOdd || (seenBytes > 0 && header[0] !== clientHelloMessage)) return 'other';
  if (seenBytes === 0) return 'unclear';
  return seenBytes === messageBytes ? 'whole' : 'begun';
}

/** Whether what begins so may answer a ClientHello: a handshake message or an alert (RFC 8446, section 5.1). */
export function beginsAnswer(bytes: Buffer): boolean {
  return bytes[0] === alertRecord || beginsRecord(bytes, 0);
}

/** A handshake record of SSL 3.0 or any TLS, as far as it is there. */
function beginsRecord(bytes: Buffer, at: number): boolean {
  return bytes[at] === handshakeRecord && (bytes[at + 1] ?? 3) === 3;
}
