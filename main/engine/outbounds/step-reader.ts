import { EngineError } from '../errors.ts';

/**
 * Reads a stream that is cut anywhere, step by step. Each step says how many bytes it wants, is given exactly those, and returns the next one; what it
 * hands to `emit` is plain, or null where the other side has ended. The bytes are a part of what came: they are good until the step returns.
 */
export interface Step {
  readonly bytes: number;
  /** Whether the wire may end before this step. */
  readonly mayEnd?: boolean;
  read(bytes: Buffer, emit: (plain: Buffer | null) => void): Step;
}

export interface StepReader {
  decode(wire: Buffer): (Buffer | null)[];
  decodeEnd(): void;
}

const nothing = Buffer.alloc(0);

export function createStepReader(first: Step): StepReader {
  let step = first;
  let held: Buffer = nothing;
  return {
    decode(wire) {
      const plain: (Buffer | null)[] = [];
      const emit = (bytes: Buffer | null) => plain.push(bytes);
      // What is held is completed alone: to copy all that comes would cost as much as to open it.
      let at = held.length === 0 ? 0 : Math.min(step.bytes - held.length, wire.length);
      held = at === 0 ? held : Buffer.concat([held, wire.subarray(0, at)]);
      if (held.length > 0 && held.length < step.bytes) return plain;
      if (held.length > 0) step = step.read(held, emit);
      while (wire.length - at >= step.bytes) {
        const end = at + step.bytes;
        step = step.read(wire.subarray(at, end), emit);
        at = end;
      }
      held = at === wire.length ? nothing : Buffer.from(wire.subarray(at));
      return plain;
    },
    decodeEnd() {
      if (held.length > 0 || step.mayEnd !== true) throw new EngineError('proxy-closed', 'within a chunk');
    },
  };
}
