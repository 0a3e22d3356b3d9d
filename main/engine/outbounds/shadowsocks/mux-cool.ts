import { EngineError } from '../../errors.ts';
import type { Coding } from '../../transports/coded-stream.ts';
import { createStepReader, type Step } from '../step-reader.ts';
import { uint16 } from './boxes.ts';

const session = 1;
const statuses = { begin: 1, goOn: 2, end: 3, keepAlive: 4 } as const;
const withData = 1;
const longestDataBytes = 8 * 1024;
/** Where the stream leads, which whoever listens here decides himself: TCP, port, IPv4, address. */
const anywhere = Buffer.of(1, 0, 80, 1, 127, 0, 0, 1);

/**
 * Mux.cool (v2fly's protocol of that name) with one stream per connection, which is all that v2ray-plugin's server needs: where nothing is said
 * it takes nothing else.
 */
export function createMuxCoding(): Coding {
  let hasBegun = false;
  return {
    encode(plain) {
      const frames: Buffer[] = [];
      for (let at = 0; at < plain.length; at += longestDataBytes) {
        const data = plain.subarray(at, at + longestDataBytes);
        frames.push(hasBegun ? head(statuses.goOn, withData) : head(statuses.begin, withData, anywhere), uint16(data.length), data);
        hasBegun = true;
      }
      return Buffer.concat(frames);
    },
    encodeEnd: () => head(statuses.end, 0),
    ...createStepReader(frameStep),
  };
}

function head(status: number, options: number, rest = Buffer.alloc(0)): Buffer {
  return Buffer.concat([uint16(4 + rest.length), uint16(session), Buffer.of(status, options), rest]);
}

const frameStep: Step = {
  bytes: 2,
  mayEnd: true,
  read: (length) => metadataStep(length.readUInt16BE()),
};

function metadataStep(length: number): Step {
  if (length < 4) throw new EngineError('proxy-protocol', 'Mux.cool metadata');
  return {
    bytes: length,
    read(metadata, emit) {
      const [, , status = 0, options = 0] = metadata;
      if (status === statuses.end) emit(null);
      if ((options & withData) === 0) return frameStep;
      return { bytes: 2, read: (size) => dataStep(size.readUInt16BE(), status === statuses.goOn) };
    },
  };
}

function dataStep(length: number, isMeant: boolean): Step {
  return {
    bytes: length,
    read(data, emit) {
      if (isMeant && length > 0) emit(data);
      return frameStep;
    },
  };
}
