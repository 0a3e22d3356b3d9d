import { EngineError } from '../errors.ts';
import type { Decode } from '../read-message.ts';

export interface AfterAnswer {
  decode(wire: Buffer): Buffer[];
  decodeEnd(): void;
}

/**
 * Decoding for a stream on which one answer precedes what is meant: `decode` checks it, and it has no more than `limitBytes`. A stream that ends
 * before it begins ends for those above too: some servers answer only with the first bytes.
 */
export function afterAnswer(decode: Decode<unknown>, limitBytes: number): AfterAnswer {
  let heard: Buffer | null = Buffer.alloc(0);
  return {
    decode(wire) {
      if (heard === null) return [wire];
      const bytes: Buffer = heard.length === 0 ? wire : Buffer.concat([heard, wire]);
      const answer = decode(bytes);
      if (answer === null && bytes.length >= limitBytes) throw new EngineError('proxy-protocol', 'answer too long');
      heard = answer === null ? Buffer.from(bytes) : null;
      return answer === null || answer.length === bytes.length ? [] : [bytes.subarray(answer.length)];
    },
    decodeEnd() {
      if (heard !== null && heard.length > 0) throw new EngineError('proxy-closed');
    },
  };
}
