import { tagBytes } from '../../aead.ts';
import { EngineError } from '../../errors.ts';
import type { Step } from '../step-reader.ts';

/** Sealed chunks: a length and as many bytes, each with a tag. */
export function chunkSteps(open: (sealed: Buffer) => Buffer, longestBytes: number): Step {
  const head: Step = {
    bytes: 2 + tagBytes,
    mayEnd: true,
    read(sealed) {
      const length = open(sealed).readUInt16BE();
      if (length > longestBytes) throw new EngineError('proxy-protocol', 'Shadowsocks length');
      return bodyStep(open, length, head);
    },
  };
  return head;
}

/** One sealed piece of plain bytes. */
export function bodyStep(open: (sealed: Buffer) => Buffer, length: number, next: Step): Step {
  return {
    bytes: length + tagBytes,
    read(sealed, emit) {
      const plain = open(sealed);
      if (plain.length > 0) emit(plain);
      return next;
    },
  };
}
