import { app } from 'electron';
import type { EnginePort } from './engine-port.ts';
import { importTextOf, isLink } from './link-text.ts';

/** How the system starts us for a link. After `--` a link cannot pass for an option, whatever is in it. */
const launchArguments = () => (app.isPackaged ? ['--'] : [app.getAppPath(), '--']);

/** The data that a second instance hands to the first. */
export interface Handover {
  readonly links: readonly string[];
}

/**
 * Calls `onLinks` with the links that were clicked while the program runs, none when it was merely started again. To be called before
 * Electron is ready, because macOS tells of a link that starts the program before that.
 */
export function listenForLinks(onLinks: (links: readonly string[]) => void): void {
  app.on('open-url', (event, url) => {
    event.preventDefault();
    onLinks([url]);
  });
  app.on('second-instance', (_event, _argv, _folder, handover) => onLinks(linksOf(handover)));
}

function linksOf(handover: unknown): string[] {
  const links: unknown = typeof handover === 'object' && handover !== null && 'links' in handover ? handover.links : [];
  return Array.isArray(links) ? links.filter((link) => typeof link === 'string' && isLink(link)) : [];
}

/** Gives the proxy links inside clicked links to the engine, which asks the person. */
export async function offerLinks(engine: EnginePort, links: readonly string[]): Promise<void> {
  const { claimTelegramLinks } = engine.store.getState().settings;
  const texts = links.map((link) => importTextOf(link, claimTelegramLinks)).filter((text) => text !== null);
  if (texts.length > 0) await engine.offerImport(texts.join('\n'));
}

/**
 * Our own scheme is registered by the packages, on Windows by the program itself; Telegram's as long as the person wants it, and only
 * when that changes, so as not to fight with Telegram over it at each start.
 */
export function claimSchemes(engine: EnginePort): void {
  if (process.platform === 'win32' && app.isPackaged) app.setAsDefaultProtocolClient('paperplane', process.execPath, launchArguments());
  let claimed = engine.store.getState().settings.claimTelegramLinks;
  engine.store.subscribe(({ settings: { claimTelegramLinks } }) => {
    if (claimTelegramLinks === claimed) return;
    claimed = claimTelegramLinks;
    if (claimed) app.setAsDefaultProtocolClient('tg', process.execPath, launchArguments());
    else app.removeAsDefaultProtocolClient('tg', process.execPath, launchArguments());
  });
}
