import { randomBytes } from 'node:crypto';

const stockBytes = 4096;
const stock = { bytes: Buffer.alloc(0), used: 0 };

/**
 * Up to 4,096 random bytes, each of which is given once. They are drawn for many callers together, because one draw costs as much as sealing a
 * link. What is given lies beside what others get: nobody writes there.
 */
export function drawRandom(length: number): Buffer {
  if (stock.used + length > stock.bytes.length) Object.assign(stock, { bytes: randomBytes(stockBytes), used: 0 });
  stock.used += length;
  return stock.bytes.subarray(stock.used - length, stock.used);
}
