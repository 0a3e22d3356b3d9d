import { create } from 'zustand';
import type { AppState, Arguments, CommandName, ErrorCode, Outcome, Result } from '../preload/contract.ts';
import { findBridge } from './bridge.ts';

const bridge = findBridge();

/** Where the page runs; a few sentences differ. */
export const host = bridge.host;

interface Store {
  /** The engine's last word, or null before the first. It owns the truth; nothing here is changed by the interface. */
  readonly state: AppState | null;
  /** Whether `state` is current. */
  readonly contact: 'none' | 'held' | 'lost';
  /** Why the last command failed, until the person dismisses it. */
  readonly failure: ErrorCode | null;
}

export const useStore = create<Store>()(() => ({ state: null, contact: 'none', failure: null }));

/** Mirrors the pushed state for as long as the page lives. */
export function watchEngine(): void {
  bridge.onState((state) => useStore.setState(state === null ? { contact: 'lost' } : { state, contact: 'held' }));
}

/** Calls a command; a failure is also shown to the person. */
export async function call<N extends CommandName>(name: N, args: Arguments<N>): Promise<Outcome<Result<N>>> {
  const outcome = await bridge.call(name, args);
  useStore.setState({ failure: outcome.ok ? null : outcome.code });
  return outcome;
}

/**
 * The same where a failure shows by itself: as lost contact for reading, which is repeated anyway, or in the state.
 */
export const read = <N extends CommandName>(name: N, args: Arguments<N>): Promise<Outcome<Result<N>>> => bridge.call(name, args);

export const dismissFailure = (): void => useStore.setState({ failure: null });
