import { readFileSync, writeFileSync } from 'node:fs';
import { app, type BrowserWindow, type Rectangle } from 'electron';

/** Where the person left the window. */
export interface WindowPlace {
  readonly bounds: Rectangle; // as it is when it is not maximised
  readonly isMaximized: boolean;
}

/** A window that is dragged moves many times a second; it is written down once it rests. */
const restMs = 500;

/** null: nowhere yet, or the file cannot be read. */
export function readPlace(file: string): WindowPlace | null {
  try {
    const { bounds, isMaximized } = JSON.parse(readFileSync(file, 'utf8'));
    const isWhole = [bounds.x, bounds.y, bounds.width, bounds.height].every(Number.isSafeInteger);
    return isWhole ? { bounds, isMaximized: isMaximized === true } : null;
  } catch {
    return null;
  }
}

/** Writes down where the window is, whenever the person has moved it. A file that cannot be written is done without. */
export function keepPlace(window: BrowserWindow, file: string): void {
  let resting: NodeJS.Timeout | undefined;
  const keep = () => {
    clearTimeout(resting);
    resting = undefined;
    if (window.isDestroyed()) return;
    try {
      const place: WindowPlace = { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() };
      writeFileSync(file, JSON.stringify(place), { mode: 0o600 });
    } catch {
      // See above.
    }
  };
  const keepSoon = () => {
    clearTimeout(resting);
    resting = setTimeout(keep, restMs);
  };
  window.on('move', keepSoon);
  window.on('resize', keepSoon);
  window.on('maximize', keepSoon);
  window.on('unmaximize', keepSoon);
  app.on('before-quit', () => resting && keep());
}
