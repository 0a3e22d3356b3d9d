import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { BrowserWindowConstructorOptions, Rectangle, WindowOpenHandlerResponse } from 'electron';
import { isPrevented, news } from './host.ts';
import { receive } from './ipc-main.ts';
import { openPage, type PreloadPage } from './page.ts';
import { type DisplayWish, requestPicture, screen } from './screens.ts';
import { isPermitted } from './session.ts';
import { cloneToText, type ToMain, type ToPreload } from './worlds.ts';

const windows = new Set<BrowserWindow>();

/** Closes every window that lets itself be closed; true: none is left. */
export async function closeAllWindows(): Promise<boolean> {
  for (const window of [...windows]) await window.tryToClose();
  return windows.size === 0;
}

/** Refuses what no window of Paperplane may ask for, and what Electron would not load. */
function checkedPreload(options: BrowserWindowConstructorOptions): string | undefined {
  const { nodeIntegration, contextIsolation, sandbox, webSecurity, preload } = options.webPreferences ?? {};
  if (nodeIntegration || contextIsolation === false || sandbox === false || webSecurity === false) {
    throw new Error('stand-in: refuses insecure webPreferences');
  }
  if (preload === undefined) return undefined;
  if (!path.isAbsolute(preload) || preload.endsWith('.mjs'))
    throw new Error('stand-in: a sandboxed preload is one CommonJS file, by full path');
  return readFileSync(preload, 'utf8');
}

class Frame {
  readonly parent = null;
  readonly #contents: WebContents;
  constructor(contents: WebContents) {
    this.#contents = contents;
  }
  get url(): string {
    return this.#contents.getURL();
  }
}

export class WebContents extends EventEmitter {
  readonly mainFrame = new Frame(this);
  readonly page: Promise<PreloadPage>;
  readonly #window: BrowserWindow;
  readonly #opened: { page?: PreloadPage; decideOpen?: (details: { url: string }) => WindowOpenHandlerResponse } = {};

  constructor(window: BrowserWindow, options: BrowserWindowConstructorOptions) {
    super();
    this.#window = window;
    this.page = openPage(
      { width: options.width ?? 800, height: options.height ?? 600, preload: checkedPreload(options) },
      {
        onMessage: (message) => void this.#receive(message),
        mayNavigate: (url) => !isPrevented(this, 'will-navigate', { url, isMainFrame: true }, url),
        onWindowOpen: (url) => void this.#opened.decideOpen?.({ url }),
        onDisplayWish: (wish, frame) => this.#showScreen(wish, frame),
        onLoad: () => this.#loaded(),
        onClose: () => window.forget(),
      },
    );
    this.page.then(
      (page) => Object.assign(this.#opened, { page }),
      (error) => console.error(error),
    );
  }
  async #receive(message: ToMain): Promise<void> {
    const event = { sender: this, senderFrame: this.mainFrame };
    await receive(event, message, (answer) => this.#deliver(answer));
  }
  async #deliver(message: ToPreload): Promise<void> {
    await (await this.page).deliver(message);
  }
  async #showScreen({ video, audio, userGesture }: DisplayWish, { url, isMainFrame }: { url: string; isMainFrame: boolean }) {
    if (!isPermitted('display-capture', { isMainFrame, requestingUrl: url })) return null;
    const frame = isMainFrame ? this.mainFrame : { parent: this.mainFrame, url };
    return requestPicture({ frame, securityOrigin: url, videoRequested: video, audioRequested: audio, userGesture });
  }
  #loaded(): void {
    this.emit('did-finish-load');
    this.#window.emit('ready-to-show');
  }
  send(channel: string, ...args: unknown[]): void {
    void this.#deliver({ kind: 'message', channel, args: cloneToText(args) ?? '[]' });
  }
  setWindowOpenHandler(handler: (details: { url: string }) => WindowOpenHandlerResponse): void {
    this.#opened.decideOpen = handler;
  }
  getURL(): string {
    return this.#opened.page?.url() ?? '';
  }
  get targetId(): string | undefined {
    return this.#opened.page?.targetId;
  }
  isDestroyed(): boolean {
    return !windows.has(this.#window);
  }
  async executeJavaScript(code: string): Promise<unknown> {
    return (await this.page).evaluate(code);
  }
  close(): void {
    void this.#window.tryToClose();
  }
}

export class BrowserWindow extends EventEmitter {
  readonly webContents: WebContents;
  readonly #shown: { visible: boolean; minimized: boolean; maximized: boolean };
  readonly #bounds: Rectangle;

  static getAllWindows(): BrowserWindow[] {
    return [...windows];
  }
  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return [...windows].find((window) => window.webContents === contents) ?? null;
  }
  constructor(options: BrowserWindowConstructorOptions = {}) {
    super();
    this.#shown = { visible: options.show !== false, minimized: false, maximized: false };
    this.#bounds = { x: options.x ?? 0, y: options.y ?? 0, width: options.width ?? 800, height: options.height ?? 600 };
    windows.add(this);
    this.webContents = new WebContents(this, options);
  }
  async loadURL(url: string): Promise<void> {
    await (await this.webContents.page).load(url);
  }
  show(): void {
    Object.assign(this.#shown, { visible: true, minimized: false });
  }
  hide(): void {
    this.#shown.visible = false;
  }
  getBounds(): Rectangle {
    return this.#shown.maximized ? screen.getDisplayMatching(this.#bounds).workArea : { ...this.#bounds };
  }
  getNormalBounds(): Rectangle {
    return { ...this.#bounds };
  }
  setBounds(bounds: Partial<Rectangle>): void {
    Object.assign(this.#bounds, bounds);
    this.emit('resize');
    this.emit('move');
  }
  maximize(): void {
    Object.assign(this.#shown, { visible: true, maximized: true });
    this.emit('maximize');
  }
  unmaximize(): void {
    this.#shown.maximized = false;
    this.emit('unmaximize');
  }
  isMaximized(): boolean {
    return this.#shown.maximized;
  }
  focus(): void {}
  restore(): void {
    this.#shown.minimized = false;
  }
  minimize(): void {
    this.#shown.minimized = true;
  }
  isVisible(): boolean {
    return this.#shown.visible;
  }
  isMinimized(): boolean {
    return this.#shown.minimized;
  }
  isDestroyed(): boolean {
    return !windows.has(this);
  }
  close(): void {
    void this.tryToClose();
  }
  destroy(): void {
    void this.webContents.page.then((page) => page.close());
  }
  /** The stand-in's own: closes unless a listener of `close` prevents it. */
  async tryToClose(): Promise<void> {
    if (this.isDestroyed() || isPrevented(this, 'close')) return;
    await (await this.webContents.page).close();
    this.forget();
  }
  /** The stand-in's own: the page is gone. */
  forget(): void {
    if (!windows.delete(this)) return;
    this.webContents.emit('destroyed');
    this.emit('closed');
    if (windows.size === 0) news.emit('no-window-left');
  }
}

export const webContents = {
  fromDevToolsTargetId: (targetId: string): WebContents | undefined =>
    [...windows].map((window) => window.webContents).find((contents) => contents.targetId === targetId),
};
