import type { Duplex } from 'node:stream';
import { withDeadline } from '../deadline.ts';
import { EngineError } from '../errors.ts';
import type { Datagrams, Destination } from '../outbound.ts';
import { hostAndPort, isCarried } from './destination.ts';

/** Opens a stream to one destination on which each chunk, written or read, is a datagram. Rejects with EngineError. */
type OpenFlow = (destination: Destination, signal: AbortSignal) => Promise<Duplex>;

export interface FlowOptions {
  readonly longestBytes: number; // what is longer is dropped
  readonly idleMs?: number; // a flow without datagrams is closed
}

const openDeadlineMs = 10_000;
const usualIdleMs = 60_000;
const mostFlows = 256;
const mostWaiting = 64; // datagrams for a flow that is being opened
const mostWaitingBytes = 256 * 1024; // in a flow that is slow

/**
 * Datagrams for protocols that open a stream for each destination: with the first datagram there, until none has come or gone for a minute. When
 * one cannot be opened, or ends while a datagram is unanswered, as where the proxy does not know us, the way is closed.
 */
export async function openFlowDatagrams(openFlow: OpenFlow, options: FlowOptions, signal: AbortSignal): Promise<Datagrams> {
  if (signal.aborted) throw new EngineError('aborted');
  const { longestBytes, idleMs = usualIdleMs } = options;
  const flows = new Map<string, Flow>(); // the one opened first is first
  const closing = new AbortController();
  let onMessage: (source: Destination, payload: Buffer) => void = () => {};
  const close = () => {
    closing.abort();
    for (const flow of flows.values()) flow.close();
  };
  const open = (destination: Destination, key: string): Flow => {
    if (flows.size >= mostFlows) flows.values().next().value?.close();
    const flow = new Flow(idleMs, {
      onDatagram: (payload) => onMessage(destination, payload),
      onClose: () => flows.delete(key),
      onLost: close,
    });
    flows.set(key, flow);
    withDeadline((signal) => openFlow(destination, signal), openDeadlineMs, closing.signal).then((stream) => flow.carry(stream), close);
    return flow;
  };
  return {
    send(destination, payload) {
      if (closing.signal.aborted || payload.length === 0 || payload.length > longestBytes || !isCarried(destination)) return;
      const key = hostAndPort(destination);
      (flows.get(key) ?? open(destination, key)).send(payload);
    },
    onMessage(listener) {
      onMessage = listener;
    },
    onClose: (listener) => closing.signal.addEventListener('abort', listener, { once: true }),
    close,
  };
}

interface FlowListener {
  onDatagram(payload: Buffer): void;
  onClose(): void;
  onLost(): void; // before an answer came
}

class Flow {
  readonly #listener: FlowListener;
  readonly #idle: NodeJS.Timeout;
  #waiting: Buffer[] = [];
  #stream: Duplex | null = null;
  #isAnswered = true;
  #isClosed = false;

  constructor(idleMs: number, listener: FlowListener) {
    this.#listener = listener;
    this.#idle = setTimeout(() => this.close(), idleMs);
  }

  send(payload: Buffer): void {
    this.#idle.refresh();
    this.#isAnswered = false;
    if (this.#stream === null) {
      if (this.#waiting.length < mostWaiting) this.#waiting.push(payload);
    } else if (this.#stream.writableLength < mostWaitingBytes) this.#stream.write(payload);
  }

  carry(stream: Duplex): void {
    if (this.#isClosed) return void stream.destroy();
    this.#stream = stream;
    const over = () => {
      if (!this.#isAnswered && !this.#isClosed) this.#listener.onLost();
      this.close();
    };
    stream.on('close', over).on('end', over);
    stream.on('data', (payload: Buffer) => {
      this.#isAnswered = true;
      this.#idle.refresh();
      this.#listener.onDatagram(payload);
    });
    for (const payload of this.#waiting) stream.write(payload);
    this.#waiting = [];
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#idle);
    this.#stream?.destroy();
    this.#listener.onClose();
  }
}
