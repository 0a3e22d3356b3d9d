import type { SystemProxyState } from '../../preload/contract.ts';
import { apply } from './apply.ts';
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
  /** What the system says now. */
  look(signal: AbortSignal): Promise<Look>;
}

/** The switch of one backend. One call at a time. */
export function createSwitch(backend: Backend, guard: Guard, folder: string): Switch {
  let held: { readonly target: Target; readonly journal: Journal; readonly ownership: Ownership } | null = null;
  return {
    isHeld: () => held !== null,
    async on(target, signal) {
      const ownership = held?.ownership ?? (await takeOwnership(folder));
      try {
        await guard.ensure();
        held = { target, ownership, journal: await apply(backend, target, folder, signal) };
      } catch (error) {
        const left = await readJournal(folder).catch(() => null); // what could not be restored either stays ours to restore
        held = left === null ? null : { target, ownership, journal: left };
        if (held === null) ownership.release();
        throw error;
      }
    },
    async off(signal) {
      if (held === null) return true;
      const isAll = await restore(backend, held.journal, folder, signal);
      held.ownership.release();
      held = null;
      return isAll;
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
