import { Menu } from 'electron';

const editRoles = ['undo', 'redo', 'cut', 'copy', 'paste', 'delete', 'selectAll'] as const;
const macRoles = ['about', 'hide', 'hideOthers', 'unhide', 'quit'] as const;
const fileRoles = ['close', 'quit'] as const;
const windowRoles = ['minimize', 'zoom'] as const;
type Role = (typeof editRoles | typeof macRoles | typeof fileRoles | typeof windowRoles)[number];

export type MenuWords = Readonly<Record<Role | 'file' | 'edit' | 'window', string>>;

/**
 * The window's menu: hidden on Windows and Linux until Alt is pressed, but its shortcuts always work; macOS copies and pastes by it.
 * Electron would name everything in English, so each role gets its name from us.
 */
export function setApplicationMenu(words: MenuWords): void {
  const isMac = process.platform === 'darwin';
  const named = (role: Role) => ({ role, label: words[role] });
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      isMac ? { role: 'appMenu', submenu: macRoles.map(named) } : { role: 'fileMenu', label: words.file, submenu: fileRoles.map(named) },
      { role: 'editMenu', label: words.edit, submenu: editRoles.map(named) },
      { role: 'windowMenu', label: words.window, submenu: [...windowRoles.map(named), ...(isMac ? [named('close')] : [])] },
    ]),
  );
}
