import { join } from 'node:path';
import { app, Menu, type MenuItemConstructorOptions, nativeImage, Tray } from 'electron';
import type { AppState, ProxyRow, Status } from '../../preload/contract.ts';
import type { EnginePort } from './engine-port.ts';

export interface TrayOptions {
  readonly engine: EnginePort;
  readonly imageFolder: string;
  readonly showWindow: () => void;
  readonly words: TrayWords;
}

export interface TrayWords {
  readonly state: Readonly<Record<Status, string>>;
  readonly systemProxy: { readonly title: string };
  /** `out` has a gap, {{proxy}}. */
  readonly tray: Readonly<Record<'out' | 'use' | 'automatic' | 'show', string>>;
  readonly menu: { readonly quit: string };
}

const shownProxies = 10;
/** Changes are gathered this long: a menu that is rebuilt all the time cannot be used. */
const gatherMs = 500;

/** The three pictures differ in shape, not only in colour. */
const images: Record<Status, 'ready' | 'waiting' | 'blocked'> = {
  starting: 'waiting',
  'no-proxies': 'waiting',
  testing: 'waiting',
  ready: 'ready',
  blocked: 'blocked',
  offline: 'blocked',
  'captive-portal': 'blocked',
  stopped: 'waiting',
};

/** Puts the plane into the tray: picture and tooltip tell the state, the menu pins, shows the window and quits. Returns what removes it. */
export function showTray({ engine, imageFolder, showWindow, words }: TrayOptions): () => void {
  const tray = new Tray(loadImage(imageFolder, engine.store.getState().status));
  let shown = '';
  let gathering: NodeJS.Timeout | undefined;
  const refresh = async () => {
    gathering = undefined;
    const { rows } = await engine.commands.listProxies({ offset: 0, limit: shownProxies });
    const state = engine.store.getState();
    const tooltip = `Paperplane: ${statusSentence(state, words)}`;
    const items = menuItems(state, rows, { engine, showWindow, words });
    const looks = JSON.stringify([images[state.status], tooltip, items]);
    if (looks === shown || tray.isDestroyed()) return;
    shown = looks;
    tray.setImage(loadImage(imageFolder, state.status));
    tray.setToolTip(tooltip);
    tray.setContextMenu(Menu.buildFromTemplate(items));
  };
  const refreshSoon = () => {
    gathering ??= setTimeout(() => void refresh().catch(() => undefined), gatherMs); // stopped meanwhile: nothing to show
  };
  const unsubscribe = engine.store.subscribe(refreshSoon);
  tray.on('click', showWindow);
  refreshSoon();
  return () => {
    unsubscribe();
    clearTimeout(gathering);
    tray.destroy();
  };
}

function statusSentence({ status, active }: AppState, { state, tray }: TrayWords): string {
  return status === 'ready' && active !== null ? tray.out.replace('{{proxy}}', () => active.label) : state[status];
}

/** A single & in a menu marks a letter as a shortcut, and is not shown. */
const menuLabel = (text: string) => text.replaceAll('&', '&&');

function menuItems(
  state: AppState,
  rows: readonly ProxyRow[],
  { engine, showWindow, words }: Omit<TrayOptions, 'imageFolder'>,
): MenuItemConstructorOptions[] {
  const { commands } = engine;
  const { tray, systemProxy, menu } = words;
  const pin = (id: string | null) => void commands.pinProxy({ id }).catch(() => undefined); // removed meanwhile
  const choices: MenuItemConstructorOptions[] = rows.map(({ id, label, pinned }) => ({
    id: `pin-${id}`,
    label: menuLabel(label),
    type: 'radio',
    checked: pinned,
    click: () => pin(id),
  }));
  return [
    { id: 'status', label: menuLabel(statusSentence(state, words)), enabled: false },
    { type: 'separator' },
    {
      id: 'pin',
      label: tray.use,
      enabled: rows.length > 0,
      submenu: [
        { id: 'automatic', label: tray.automatic, type: 'radio', checked: state.pinnedId === null, click: () => pin(null) },
        ...choices,
      ],
    },
    { label: systemProxy.title, ...systemProxyItem(state, commands) },
    { id: 'show', label: tray.show, click: showWindow },
    { id: 'quit', label: menu.quit, click: () => app.quit() },
  ];
}

/** Checked where the system says so; a click asks for the opposite, and the item follows what comes of it. */
function systemProxyItem({ systemProxy }: AppState, { setSystemProxy }: EnginePort['commands']): MenuItemConstructorOptions {
  const isOn = systemProxy?.status === 'on';
  return {
    id: 'system-proxy',
    type: 'checkbox',
    checked: isOn,
    enabled: systemProxy?.changing === null && ['off', 'on', 'changed'].includes(systemProxy.status),
    click: () => void setSystemProxy({ on: !isOn }).catch(() => undefined), // the window tells why
  };
}

function loadImage(folder: string, status: Status) {
  const image = nativeImage.createFromPath(join(folder, `${images[status]}.png`)); // finds @2x beside it
  image.setTemplateImage(process.platform === 'darwin');
  return image;
}
