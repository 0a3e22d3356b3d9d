import { EngineError } from './errors.ts';

/**
 * Runs `work` with a signal that aborts when `signal` does, or after `deadlineMs`, in which case the result is EngineError('proxy-timeout').
 * Cheaper than AbortSignal.any and AbortSignal.timeout, which matters for every connection.
 */
export async function withDeadline<T>(work: (signal: AbortSignal) => Promise<T>, deadlineMs: number, signal: AbortSignal): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  const timer = setTimeout(abort, deadlineMs);
  try {
    return await work(controller.signal);
  } catch (error) {
    throw controller.signal.aborted ? new EngineError(signal.aborted ? 'aborted' : 'proxy-timeout') : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}
