import type { Datagrams } from '../outbound.ts';

/** So many datagrams over so long a time without any answer, also through other ways of the same proxy, are no accident. */
const leastSent = 5;
const silentMs = 6000;
/** An answer this recent shows that the proxy is fine: then the destination is silent. */
const recentMs = 60_000;

export interface SilenceParts {
  readonly now: () => number; // milliseconds
  /** When the proxy last brought anything, through whatever way. */
  readonly lastAnswerAt: () => number;
  readonly onAnswer: () => void;
  readonly onSilence: () => void;
}

/** The same datagrams; tells when many were sent and nothing comes back, and begins to count anew then. */
export function watchSilence(way: Datagrams, { now, lastAnswerAt, onAnswer, onSilence }: SilenceParts): Datagrams {
  let sent = 0;
  let sinceMs = 0;
  return {
    send(destination, payload) {
      way.send(destination, payload);
      if (sent === 0) sinceMs = now();
      sent++;
      if (sent < leastSent || now() - sinceMs < silentMs) return;
      sent = 0;
      if (now() - lastAnswerAt() > recentMs) onSilence();
    },
    onMessage(listener) {
      way.onMessage((source, payload) => {
        sent = 0;
        onAnswer();
        listener(source, payload);
      });
    },
    onClose: way.onClose,
    close: way.close,
  };
}
