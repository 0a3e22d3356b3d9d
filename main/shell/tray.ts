import { join } from 'node:path';
import { app, Menu, type MenuItemConstructorOptions, nativeImage, Tray } from 'electron';
import type { AppState, ProxyRow, Status } from '../../preload/contract.ts';
import type { EnginePort } from './engine-port.ts';

export interface TrayOptions {
  readonly engine: EnginePort;
  readonly imageFolder: string;
  readonly showWindow: () => void;
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
const sentences: Record<Status, (state: AppState) => string> = {
  starting: () => 'Starting',
  'no-proxies': () => 'No proxies yet',
  testing: () => 'Looking for a proxy that works',
  ready: ({ active }) => `Out through ${active?.label ?? 'a proxy'}`,
  blocked: () => 'No proxy works',
  offline: () => 'Your computer has no network',
  'captive-portal': () => 'This network wants you to log in first',
  stopped: () => 'Stopped',
};

/** Puts the plane into the tray: picture and tooltip tell the state, the menu pins, shows the window and quits. Returns what removes it. */
export function showTray({ engine, imageFolder, showWindow }: TrayOptions): () => void {
  const tray = new Tray(loadImage(imageFolder, engine.store.getState().status));
  let shown = '';
  let gathering: NodeJS.Timeout | undefined;
  const refresh = async () => {
    gathering = undefined;
    const { rows } = await engine.commands.listProxies({ offset: 0, limit: shownProxies });
    const state = engine.store.getState();
    const looks = JSON.stringify([
      state.systemProxy?.status,
      state.systemProxy?.changing,
      state.status,
      state.active?.label,
      state.pinnedId,
      rows.map(({ id, label }) => [id, label]),
    ]);
    if (looks === shown || tray.isDestroyed()) return;
    shown = looks;
    tray.setImage(loadImage(imageFolder, state.status));
    tray.setToolTip(`Paperplane: ${sentences[state.status](state)}`);
    tray.setContextMenu(Menu.buildFromTemplate(menuItems(state, rows, engine, showWindow)));
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

function menuItems(
  state: AppState,
  rows: readonly ProxyRow[],
  { commands }: EnginePort,
  showWindow: () => void,
): MenuItemConstructorOptions[] {
  const pin = (id: string | null) => void commands.pinProxy({ id }).catch(() => undefined); // removed meanwhile
  const choices: MenuItemConstructorOptions[] = rows.map(({ id, label, pinned }) => ({
    id: `pin-${id}`,
    label,
    type: 'radio',
    checked: pinned,
    click: () => pin(id),
  }));
  return [
    { id: 'status', label: sentences[state.status](state), enabled: false },
    { type: 'separator' },
    {
      id: 'pin',
      label: 'Use',
      enabled: rows.length > 0,
      submenu: [
        { id: 'automatic', label: 'The best one (automatic)', type: 'radio', checked: state.pinnedId === null, click: () => pin(null) },
        ...choices,
      ],
    },
    systemProxyItem(state, commands),
    { id: 'show', label: 'Show Paperplane', click: showWindow },
    { id: 'quit', label: 'Quit', click: () => app.quit() },
  ];
}

/** Checked where the system says so; a click asks for the opposite, and the item follows what comes of it. */
function systemProxyItem({ systemProxy }: AppState, { setSystemProxy }: EnginePort['commands']): MenuItemConstructorOptions {
  const isOn = systemProxy?.status === 'on';
  return {
    id: 'system-proxy',
    label: 'Use for the whole system',
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
