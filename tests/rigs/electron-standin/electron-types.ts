/**
 * Checked by the compiler, never run: every member that the stand-in offers exists in Electron, is of the same kind (value, function,
 * promise) and gives a plain result of the same type. A misfit makes the line of its module fail, naming the member.
 */
import type { EventEmitter } from 'node:events';
import type * as Electron from 'electron';
import type * as standIn from './electron.ts';

type Shape<T> =
  T extends Promise<infer Value> ? { promise: Shape<Value> } : T extends string | number | boolean | null | undefined ? T : 'object';
type Kind<T> = T extends (...args: never[]) => infer Result ? { gives: Shape<Result> } : Shape<T>;
/** The members of Own that Real does not have like this; `Extra` names what only the stand-in has. */
type Misfits<Own, Real, Extra extends keyof Own = never> = {
  [K in Exclude<keyof Own, keyof EventEmitter | Extra | 'prototype'>]: K extends keyof Real
    ? [Kind<Own[K]>] extends [Kind<Real[K]>]
      ? never
      : K
    : K;
}[Exclude<keyof Own, keyof EventEmitter | Extra | 'prototype'>];
type None<T extends never> = T;

export type Checked = [
  None<Misfits<typeof standIn, typeof Electron>>,
  None<Misfits<typeof standIn.app, Electron.App>>,
  None<Misfits<typeof standIn.dialog, Electron.Dialog>>,
  None<Misfits<typeof standIn.ipcMain, Electron.IpcMain>>,
  None<Misfits<typeof standIn.nativeImage, typeof Electron.nativeImage>>,
  None<Misfits<ReturnType<typeof standIn.nativeImage.createFromPath>, Electron.NativeImage>>,
  None<Misfits<typeof standIn.net, Electron.Net>>,
  None<Misfits<typeof standIn.powerMonitor, Electron.PowerMonitor>>,
  None<Misfits<typeof standIn.protocol, Electron.Protocol>>,
  None<Misfits<typeof standIn.safeStorage, Electron.SafeStorage>>,
  None<Misfits<typeof standIn.desktopCapturer, Electron.DesktopCapturer>>,
  None<Misfits<typeof standIn.screen, Electron.Screen>>,
  None<Misfits<typeof standIn.session, typeof Electron.session>>,
  None<Misfits<typeof standIn.session.defaultSession, Electron.Session>>,
  None<Misfits<typeof standIn.shell, Electron.Shell>>,
  None<Misfits<typeof standIn.webContents, typeof Electron.webContents>>,
  None<Misfits<typeof standIn.BrowserWindow, typeof Electron.BrowserWindow>>,
  None<Misfits<standIn.BrowserWindow, Electron.BrowserWindow, 'tryToClose' | 'forget'>>,
  None<Misfits<standIn.BrowserWindow['webContents'], Electron.WebContents, 'page' | 'targetId'>>,
  None<Misfits<typeof standIn.Menu, typeof Electron.Menu>>,
  None<Misfits<standIn.Menu, Electron.Menu>>,
  None<Misfits<standIn.MenuItem, Electron.MenuItem, 'click'>>,
  None<Misfits<typeof standIn.Tray, typeof Electron.Tray>>,
  None<Misfits<standIn.Tray, Electron.Tray>>,
];
