#!/usr/bin/env node
/**
 * A stand-in for the `electron` executable, for machines where no Electron can be had: Node runs the application's main file, and each
 * BrowserWindow is a page of Chromium. Playwright's `_electron.launch({ executablePath })` drives it like the real one, so the same
 * specs run on both. It offers only what Paperplane's shell uses; electron-types.ts holds it to Electron's own type definitions.
 *
 * As in Electron: the preload runs in an isolated world, IPC clones and rewrites error messages, exposed objects are frozen copies,
 * navigation and new windows ask their guards, everything is permitted until a handler forbids it, one instance per user data folder,
 * `close` and `before-quit` can be prevented, ES modules run before `ready`.
 *
 * What it cannot prove: the sandbox and the split into processes; Electron's own contextBridge against hostile page code; `app://` as a
 * real scheme (here it is https://HOST.app.stand-in, intercepted); trays, menus and dialogs on a desktop; links registered with the
 * system; the keyring; session end; pictures of a real screen; reading from an asar; BoringSSL; memory and start-up time. Continuous
 * integration runs the specs on the real Electron for those.
 */
import { readFileSync } from 'node:fs';
import inspector from 'node:inspector';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { becomeReady, describeApp } from './app.ts';
import { startChromium } from './chromium.ts';
import { host } from './host.ts';

const electronModule = pathToFileURL(path.join(import.meta.dirname, 'electron.ts')).href;

/** Makes `import ... from 'electron'` and `require('electron')` give the stand-in's modules. */
function replaceElectron(): void {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'electron' || specifier === 'electron/main' ? { url: electronModule, shortCircuit: true } : next(specifier, context),
  });
}

/** Electron's own switches come before the application's folder; everything after it is the application's. */
function findApplication(args: readonly string[]): { folder: string; switches: readonly string[] } {
  const at = args.findIndex((arg) => !arg.startsWith('-'));
  if (at === -1) throw new Error('stand-in: no application folder given');
  return { folder: path.resolve(args[at] ?? '.'), switches: args.slice(0, at) };
}

const args = process.argv.slice(2);
const { folder, switches } = findApplication(args);
const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));

process.argv = [import.meta.filename, ...args];
describeApp({ folder, name: manifest.productName ?? manifest.name, version: manifest.version });
replaceElectron();
await import(electronModule); // Playwright will `require` it as soon as it can, which fails while it is half loaded
// Both lines on stderr are what Playwright waits for: the first comes from Node itself.
if (switches.some((arg) => arg.startsWith('--inspect='))) inspector.open(0);
host.chromium = await startChromium();
if (switches.some((arg) => arg.startsWith('--remote-debugging-port='))) {
  process.stderr.write(`DevTools listening on ${host.chromium.webSocket}\n`);
}
await import(pathToFileURL(path.join(folder, manifest.main)).href);
becomeReady();
