import { Menu } from 'electron';

/** The window's menu: hidden on Windows and Linux until Alt is pressed, but its shortcuts always work; macOS copies and pastes by it. */
export function setApplicationMenu(): void {
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      process.platform === 'darwin' ? { role: 'appMenu' } : { role: 'fileMenu', submenu: [{ role: 'close' }, { role: 'quit' }] },
      { role: 'editMenu' },
      { role: 'windowMenu' },
    ]),
  );
}
