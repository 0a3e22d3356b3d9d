import { type BrowserWindow, type DisplayMediaRequestHandlerHandlerRequest, desktopCapturer, screen, session, type Video } from 'electron';

/**
 * Lets the page in our window see the screen on which the window is, at the person's click: it may show a QR code. Where the system has a
 * picker of its own (macOS 15, Wayland), the person chooses there. Everybody else gets nothing.
 */
export function offerScreenPicture(findWindow: () => BrowserWindow): void {
  session.defaultSession.setDisplayMediaRequestHandler(
    (request, answer) => {
      findScreen(request, findWindow())
        .catch(() => null)
        .then((video) => answer(video && { video }))
        .catch(() => undefined); // the page has gone meanwhile
    },
    { useSystemPicker: true },
  );
}

/** null: the request is not our page's, or the system shows no screen. */
async function findScreen(request: DisplayMediaRequestHandlerHandlerRequest, window: BrowserWindow): Promise<Video | null> {
  const { frame, userGesture, audioRequested } = request;
  if (!userGesture || audioRequested || frame === null || window.isDestroyed() || frame !== window.webContents.mainFrame) return null;
  const screens = await desktopCapturer.getSources({ types: ['screen'], thumbnailSize: { width: 0, height: 0 } });
  const { id } = screen.getDisplayMatching(window.getBounds());
  // A portal gives the one that was chosen, under no display's name.
  return screens.find(({ display_id }) => display_id === String(id)) ?? screens[0] ?? null;
}
