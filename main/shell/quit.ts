import { app, powerMonitor } from 'electron';

const limitMs = 3000;

export interface Ending {
  /** Whether the program is ending. */
  isEnding(): boolean;
  /** Ends what can be ended without waiting: the computer is going down. */
  endNow(): void;
}

/**
 * Makes every way out of the program stop the engine first: the menus, signals, the end of the session. Exits with 0, or with 1 when
 * stopping fails or takes over three seconds.
 */
export function stopBeforeQuit({ stop, restoreNow }: { stop(): Promise<void>; restoreNow(): void }): Ending {
  let stopping: Promise<void> | undefined;
  let sessionEnds = false;
  const stopOnce = () => {
    stopping ??= stop();
    return stopping;
  };
  const endNow = () => {
    sessionEnds = true;
    restoreNow();
    stopOnce().catch(() => undefined); // nobody is left to tell
  };

  app.on('before-quit', (event) => {
    if (sessionEnds) return; // preventing it would call off the logout on macOS
    event.preventDefault();
    if (stopping !== undefined) return;
    const tooLong = setTimeout(() => app.exit(1), limitMs);
    stopOnce()
      .then(() => app.exit(0))
      .catch(() => app.exit(1))
      .finally(() => clearTimeout(tooLong));
  });
  powerMonitor.on('shutdown', endNow);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => app.quit());
  return { isEnding: () => stopping !== undefined, endNow };
}
