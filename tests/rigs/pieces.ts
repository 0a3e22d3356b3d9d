import fc from 'fast-check';

/** Cuts bytes somewhere; none of the pieces is empty. */
export const cutAnywhere = fc.array(fc.nat({ max: 5000 }), { maxLength: 12 }).map((sizes) => (bytes: Buffer): Buffer[] => {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    if (at >= bytes.length) break;
    pieces.push(bytes.subarray(at, at + size + 1));
    at += size + 1;
  }
  return at < bytes.length ? [...pieces, bytes.subarray(at)] : pieces;
});
