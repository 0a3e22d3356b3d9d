import { EventEmitter } from 'node:events';
import type { Chromium } from './chromium.ts';

/** What the stand-in's modules share: the Chromium whose pages are the windows, and news between modules that must not import each other. */
export const host: { chromium?: Chromium } = {};
export const news = new EventEmitter<{ 'no-window-left': [] }>();

export function runningChromium(): Chromium {
  if (host.chromium === undefined) throw new Error('stand-in: Chromium is not running');
  return host.chromium;
}

/** Emits an event that a listener can prevent; true: it was prevented. */
export function isPrevented(emitter: EventEmitter, event: string, details: object = {}, ...rest: unknown[]): boolean {
  const outcome = { prevented: false };
  const preventDefault = () => {
    outcome.prevented = true;
  };
  const given = Object.defineProperty({ ...details, preventDefault }, 'defaultPrevented', { get: () => outcome.prevented });
  emitter.emit(event, given, ...rest);
  return outcome.prevented;
}
