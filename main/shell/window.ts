import { BrowserWindow, type IpcMainInvokeEvent, screen, session, shell } from 'electron';
import { appUrl } from './app-protocol.ts';
import { fitInto } from './fit-into.ts';
import { offerScreenPicture } from './screen-picture.ts';
import { keepPlace, readPlace } from './window-place.ts';

export interface MainWindowOptions {
  readonly preload: string; // full path of one CommonJS file
  readonly icon: string; // full path; only Linux takes it from here
  readonly placeFile: string; // full path; remembers where the window was
  /** Whether the program is ending; until then closing the window only hides it, and traffic goes on. */
  readonly isEnding: () => boolean;
  /** Windows asks whether the session may end. It is the last moment in which it lets programs be started. */
  readonly onSessionMayEnd: () => void;
  /** Windows ends the session: a few seconds are left, and nothing can be waited for. */
  readonly onSessionEnd: () => void;
}

export interface MainWindow {
  /** Brings the window to the front, opening it anew if it is gone. */
  show(): void;
}

/** Whether a message comes from our own page, in the top frame of a window. */
export function isOurPage({ sender, senderFrame }: IpcMainInvokeEvent): boolean {
  return senderFrame !== null && senderFrame === sender.mainFrame && senderFrame.url.startsWith(appUrl);
}

/** The program's one window. Resolves once its page has been loaded. */
export async function openMainWindow(options: MainWindowOptions): Promise<MainWindow> {
  forbidPermissions();
  let window = createWindow(options);
  offerScreenPicture(() => window);
  await window.loadURL(appUrl);
  return {
    show() {
      if (window.isDestroyed()) {
        window = createWindow(options);
        void window.loadURL(appUrl);
      }
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
  };
}

function createWindow({ preload, icon, placeFile, isEnding, onSessionMayEnd, onSessionEnd }: MainWindowOptions): BrowserWindow {
  const place = readPlace(placeFile);
  const window = new BrowserWindow({
    title: 'Paperplane',
    icon,
    width: 900,
    height: 640,
    ...(place && fitInto(screen.getDisplayMatching(place.bounds).workArea, place.bounds)),
    minWidth: 400,
    minHeight: 400,
    show: false,
    autoHideMenuBar: true,
    webPreferences: { preload, sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true, spellcheck: false },
  });
  window.once('ready-to-show', () => {
    if (place?.isMaximized) window.maximize();
    window.show();
  });
  keepPlace(window, placeFile);
  window.on('close', (event) => {
    if (isEnding()) return;
    event.preventDefault();
    window.hide();
  });
  window.on('query-session-end', onSessionMayEnd);
  window.on('session-end', onSessionEnd);
  confine(window);
  return window;
}

/** The page stays where it is; what it wants to open goes to the browser, and only where it is https. */
function confine({ webContents }: BrowserWindow): void {
  webContents.on('will-navigate', (event) => event.preventDefault());
  webContents.on('will-attach-webview', (event) => event.preventDefault());
  webContents.setWindowOpenHandler(({ url }) => {
    if (URL.canParse(url) && new URL(url).protocol === 'https:') void shell.openExternal(url);
    return { action: 'deny' };
  });
}

interface Asker {
  readonly isMainFrame: boolean;
  readonly requestingUrl?: string;
}

/** Electron grants what nobody forbids. The page needs two things: to copy text, and to look for a QR code on the screen. */
function forbidPermissions(): void {
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, permission, answer, asker) => answer(isAllowed(permission, asker)));
  defaultSession.setPermissionCheckHandler((_contents, permission, _origin, asker) => isAllowed(permission, asker));
  defaultSession.setDevicePermissionHandler(() => false);
}

function isAllowed(permission: string, { isMainFrame, requestingUrl = '' }: Asker): boolean {
  if (permission === 'display-capture') return isMainFrame && requestingUrl.startsWith(appUrl);
  return permission === 'clipboard-sanitized-write';
}
