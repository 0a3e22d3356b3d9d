/** What `import ... from 'electron'` gives in the stand-in. */
export { app } from './app.ts';
export { BrowserWindow, webContents } from './browser-window.ts';
export { dialog, Menu, MenuItem, nativeImage, powerMonitor, safeStorage, shell, Tray } from './desktop.ts';
export { ipcMain } from './ipc-main.ts';
export { net, protocol } from './protocol.ts';
export { desktopCapturer, screen } from './screens.ts';
export { session } from './session.ts';
