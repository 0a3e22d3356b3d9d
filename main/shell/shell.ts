import { join } from 'node:path';
import { app, powerMonitor } from 'electron';
import { claimSchemes, offerLinks } from './deep-links.ts';
import type { EnginePort } from './engine-port.ts';
import { type MenuWords, setApplicationMenu } from './menu.ts';
import type { Ending } from './quit.ts';
import { showTray, type TrayWords } from './tray.ts';
import { openMainWindow } from './window.ts';

export interface ShellOptions {
  readonly engine: EnginePort;
  readonly ending: Ending;
  readonly preload: string;
  /** The folder with icon.png and tray/. */
  readonly assets: string;
  readonly dataFolder: string;
  /** In the language of the window. */
  readonly words: TrayWords & { readonly menu: MenuWords };
}

export interface Shell {
  /** Shows the window, and asks about the links that were clicked, if any. */
  open(links: readonly string[]): Promise<void>;
}

/**
 * Everything that a desktop adds: window, menus, tray, links. Closing the window leaves the program running in the tray; as not every
 * desktop has one, starting the program again always brings the window back.
 */
export async function openShell({ engine, ending, preload, assets, dataFolder, words }: ShellOptions): Promise<Shell> {
  setApplicationMenu(words.menu);
  const window = await openMainWindow({
    preload,
    icon: join(assets, 'icon.png'),
    placeFile: join(dataFolder, 'window.json'),
    isEnding: ending.isEnding,
    onSessionMayEnd: () => engine.restoreNow(),
    onSessionEnd: ending.endNow,
  });
  const removeTray = showTray({ engine, imageFolder: join(assets, 'tray'), showWindow: window.show, words });
  claimSchemes(engine);
  powerMonitor.on('resume', () => engine.wake());
  app.on('activate', window.show); // the dock of macOS
  app.on('window-all-closed', () => {}); // without a listener Electron quits
  app.once('quit', removeTray);
  return {
    async open(links) {
      window.show();
      await offerLinks(engine, links);
    },
  };
}
