interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** So much of its title bar must lie on the screen that a window can be dragged by it. */
const grip = { width: 100, height: 30 };

/** What of a window's bounds fits a screen: no larger than that, and no position where the window could not be reached. In pixels. */
export function fitInto(screen: Rectangle, { x, y, width, height }: Rectangle): Partial<Rectangle> {
  const shownWidth = Math.min(x + width, screen.x + screen.width) - Math.max(x, screen.x);
  const isReachable = shownWidth >= grip.width && y >= screen.y && y + grip.height <= screen.y + screen.height;
  const size = { width: Math.min(width, screen.width), height: Math.min(height, screen.height) };
  return isReachable ? { x, y, ...size } : size;
}
