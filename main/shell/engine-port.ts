import type { AppState, Commands } from '../../preload/contract.ts';

/** What the shell needs of the engine. The shell shows and asks; the engine decides. */
export interface EnginePort {
  readonly commands: Commands;
  readonly store: {
    getState(): AppState;
    subscribe(listener: (state: AppState) => void): () => void;
  };
  /** Text from a link click; it waits in `state.pending` for the person's answer. */
  offerImport(text: string): Promise<void>;
  /** The computer woke up. */
  wake(): void;
  /** The session may be about to end: what leads the system here is taken back before this returns. */
  restoreNow(): void;
}
