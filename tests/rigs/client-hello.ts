/** A ClientHello as a client would send it; nobody needs to understand it. */
export function helloOf(bodyBytes: number): Buffer {
  const body = Buffer.alloc(bodyBytes, 1);
  const message = Buffer.concat([Buffer.of(1, body.length >> 16, (body.length >> 8) & 255, body.length & 255), body]);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += 16384) {
    const payload = message.subarray(at, at + 16384);
    records.push(Buffer.of(22, 3, 1, payload.length >> 8, payload.length & 255), payload);
  }
  return Buffer.concat(records);
}
