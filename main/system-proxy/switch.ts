import type { SystemProxyState } from '../../preload/system-proxy.ts';
import { type ApplyParts, apply } from './apply.ts';
import type { Backend, Target } from './backend.ts';
import type { Guard } from './guard.ts';
import { type Journal, readJournal } from './journal.ts';
import { type Ownership, takeOwnership } from './ownership.ts';
import { addressOf, hasNewPlaces, isInEffect } from './plan.ts';
import { restore } from './restore.ts';

export interface Look extends Pick<SystemProxyState, 'status' | 'other'> {
  /** The system has places since then that are to be set as well. */
  readonly isIncomplete: boolean;
}

export interface Switch {
  /** Whether something is to be restored. */
  isHeld(): boolean;
  /** Turns it on, or over to another target. Rejects with SystemProxyError; then all is as before. */
  on(target: Target, signal: AbortSignal): Promise<void>;
  /** Restores what was before. Tells whether that was everything. Rejects with SystemProxyError; then it is still held. */
  off(signal: AbortSignal): Promise<boolean>;
  /** Leaves restoring to others, at once; the signal of a change that is under way must be aborted. Tells whether it was ours to restore. */
  abandon(): boolean;
  /** What the system says now. */
  look(signal: AbortSignal): Promise<Look>;
}

/** The switch of one backend. One call at a time, but for `abandon`. */
export function createSwitch(backend: Backend, guard: Guard, parts: ApplyParts): Switch {
  const { folder } = parts;
  let ownership: Ownership | null = null;
  let held: { readonly target: Target; readonly journal: Journal } | null = null;
  const letGo = () => {
    ownership?.release();
    ownership = null;
    held = null;
  };
  return {
    isHeld: () => held !== null,
    async on(target, signal) {
      ownership ??= await takeOwnership(folder);
      try {
        await guard.ensure();
        const journal = await apply(backend, target, parts, signal);
        signal.throwIfAborted(); // abandoned
        held = { target, journal };
      } catch (error) {
        const left = await readJournal(folder).catch(() => null); // what could not be restored either stays ours to restore
        if (left === null) letGo();
        else held = { target, journal: left };
        throw error;
      }
    },
    async off(signal) {
      if (held === null) return true;
      const journal = (await readJournal(folder).catch(() => null)) ?? held.journal; // an earlier attempt may have come half the way
      const isAll = await restore(backend, journal, parts, signal);
      letGo();
      return isAll;
    },
    abandon() {
      const isOurs = ownership !== null;
      letGo();
      return isOurs;
    },
    async look(signal) {
      const present = await backend.read(signal);
      const other = addressOf(backend.meaning(present));
      if (held === null) return { status: 'off', other, isIncomplete: false };
      const { target, journal } = held;
      const isIncomplete = hasNewPlaces(journal, backend.wanted(target, present), present);
      const isOn = isInEffect(target, present, backend);
      return isOn ? { status: 'on', other: null, isIncomplete } : { status: 'changed', other, isIncomplete };
    },
  };
}
