import type { Duplex } from 'node:stream';
import type { Outbound } from '../outbound.ts';
import { underSignal } from '../outbounds/under-signal.ts';
import { readMessage } from '../read-message.ts';
import { afterAnswer } from './after-answer.ts';
import { createCodedStream } from './coded-stream.ts';
import { decodeUpgraded, encodeUpgrade, longestHeadBytes, type UpgradeTarget } from './upgrade-codec.ts';

export interface HttpUpgradeOptions extends UpgradeTarget {
  /** What is said does not wait for the answer. */
  readonly isEager: boolean;
}

const limits = { limitBytes: longestHeadBytes, closed: 'proxy-closed', malformed: 'proxy-protocol' } as const;

/**
 * A request that looks like that for a WebSocket, and the bare stream once it is answered (Xray's `httpupgrade`). Errors are those of `via`,
 * `proxy-protocol`, `proxy-unreachable` and `proxy-closed`.
 */
export function createHttpUpgrade(via: Outbound, options: HttpUpgradeOptions): Outbound {
  return {
    label: via.label,
    async connect(destination, signal) {
      const stream = await via.connect(destination, signal);
      stream.write(encodeUpgrade(options));
      if (options.isEager) return createCodedStream(stream, { encode: (plain) => plain, ...afterAnswer(decodeUpgraded, longestHeadBytes) });
      return underSignal(stream, signal, async (): Promise<Duplex> => {
        await readMessage(stream, decodeUpgraded, limits);
        return stream;
      });
    },
  };
}
