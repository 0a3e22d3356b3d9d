import { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { closeAllWindows } from './browser-window.ts';
import { host, isPrevented, news } from './host.ts';
import { systemLanguages, wantedLanguage } from './languages.ts';
import { acquireLock } from './single-instance.ts';

interface Description {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
}

const ready = Promise.withResolvers<void>();
const state = { isReady: false, isQuitting: false, description: { folder: '.', name: 'Electron', version: '0.0.0' } as Description };
const paths = new Map<string, string>();
const claimedProtocols = new Set<string>();

/** What package.json says about the application; called once, before its main file runs. */
export function describeApp(description: Description): void {
  state.description = description;
}

/** To be called once the application's main file has run. */
export function becomeReady(): void {
  state.isReady = true;
  app.emit('will-finish-launching');
  ready.resolve();
  app.emit('ready');
}

class App extends EventEmitter {
  readonly isPackaged = false;

  whenReady(): Promise<void> {
    return ready.promise;
  }
  isReady(): boolean {
    return state.isReady;
  }
  getVersion(): string {
    return state.description.version;
  }
  getLocale(): string {
    return wantedLanguage();
  }
  getPreferredSystemLanguages(): string[] {
    return [...systemLanguages];
  }
  getAppPath(): string {
    return state.description.folder;
  }
  getPath(name: 'userData' | 'appData' | 'temp' | 'home'): string {
    const appData = process.env.XDG_CONFIG_HOME ?? path.join(homedir(), '.config');
    const usual = { userData: path.join(appData, state.description.name), appData, temp: tmpdir(), home: homedir() };
    return paths.get(name) ?? usual[name];
  }
  setPath(name: string, folder: string): void {
    if (!path.isAbsolute(folder)) throw new Error('Path must be absolute');
    paths.set(name, folder);
  }
  requestSingleInstanceLock(additionalData?: Record<string, unknown>): boolean {
    mkdirSync(this.getPath('userData'), { recursive: true });
    return acquireLock(this.getPath('userData'), additionalData, ({ argv, folder, additionalData: theirs }) =>
      this.emit('second-instance', {}, argv, folder, theirs),
    );
  }
  setAsDefaultProtocolClient(scheme: string, _path?: string, _args?: string[]): boolean {
    claimedProtocols.add(scheme);
    return true;
  }
  removeAsDefaultProtocolClient(scheme: string, _path?: string, _args?: string[]): boolean {
    return claimedProtocols.delete(scheme);
  }
  isDefaultProtocolClient(scheme: string, _path?: string, _args?: string[]): boolean {
    return claimedProtocols.has(scheme);
  }
  setAppUserModelId(_id: string): void {}
  focus(): void {}

  quit(): void {
    if (state.isQuitting || isPrevented(this, 'before-quit')) return;
    state.isQuitting = true;
    void closeAllWindows().then((closed) => {
      if (closed && !isPrevented(this, 'will-quit')) this.exit(0);
      else state.isQuitting = false;
    });
  }
  exit(code = 0): void {
    this.emit('quit', {}, code);
    void (host.chromium?.stop() ?? Promise.resolve()).finally(() => process.exit(code));
  }
}

export const app = new App();

// The last window is gone: unless the application listens, it quits.
news.on('no-window-left', () => {
  if (!state.isQuitting && !app.emit('window-all-closed')) app.quit();
});
