/** The desktop program: the engine, the IPC carrier and the shell, in Electron. Takes the options of the headless program. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { app, dialog, ipcMain } from 'electron';
import type { Locale } from '../renderer/locales/locale.ts';
import { findLanguage, locales } from '../renderer/locales/locales.ts';
import { endOnCrash } from './cli/crash.ts';
import { sortDesktopArguments } from './cli/desktop-arguments.ts';
import { runDiagnosis } from './cli/diagnose.ts';
import { importAll, readImports } from './cli/imports.ts';
import { type Options, parseOptions, UsageError, usage } from './cli/options.ts';
import { outliveReaders } from './cli/outlive-readers.ts';
import { createReport } from './cli/report.ts';
import { restoreSystemProxy } from './cli/restore-system-proxy.ts';
import { explainStartFailure, translateStartFailure } from './cli/start-failure.ts';
import type { LogFailure } from './control/dispatch.ts';
import { answerHeaders } from './control/http-rules.ts';
import { startIpcCarrier } from './control/ipc-carrier.ts';
import { pushStates } from './control/push.ts';
import { readStaticFile } from './control/static-files.ts';
import { defaultDataFolder, prepareDataFolder } from './engine/data-folder.ts';
import { createKeyFileSecrets } from './engine/key-file-secrets.ts';
import { createKeyringSecrets } from './engine/keyring-secrets.ts';
import { createLog } from './engine/log.ts';
import type { Secrets } from './engine/platform.ts';
import { createProgram } from './program.ts';
import { registerAppScheme, serveApp } from './shell/app-protocol.ts';
import { type Handover, listenForLinks } from './shell/deep-links.ts';
import { readKeyringKey } from './shell/keyring.ts';
import { isLink } from './shell/link-text.ts';
import { stopBeforeQuit } from './shell/quit.ts';
import { openShell, type Shell } from './shell/shell.ts';
import { isOurPage } from './shell/window.ts';

outliveReaders();
const root = app.getAppPath();
const { options: given, others } = sortDesktopArguments(process.argv.slice(1));

try {
  const options = parseOptions(given, process.env);
  if (options.help) {
    process.stdout.write(`${usage}\n`);
    app.exit(0);
  } else if (options.diagnose) {
    void runDiagnosis(options).then((code) => app.exit(code), fail);
  } else if (options.restoreSystemProxy) {
    void restoreSystemProxy(createReport(options.json)).then((code) => app.exit(code), fail);
  } else {
    becomeTheOnlyOne(options, others.filter(isLink));
  }
} catch (error) {
  void fail(error);
}

/** One program for each data folder: a later one hands its links to the first and ends, before it touches anything else. */
function becomeTheOnlyOne(options: Options, links: readonly string[]): void {
  const dataFolder = resolve(options.data ?? defaultDataFolder());
  const electronFolder = join(dataFolder, 'electron'); // Chromium's own files, and the lock
  prepareDataFolder(dataFolder);
  mkdirSync(electronFolder, { recursive: true });
  app.setPath('userData', electronFolder);
  if (!app.requestSingleInstanceLock({ links } satisfies Handover)) {
    app.quit();
    return;
  }
  registerAppScheme();
  const shell = Promise.withResolvers<Shell>();
  listenForLinks((clicked) => void shell.promise.then(({ open }) => open(clicked)));
  app
    .whenReady()
    .then(() => start(options, dataFolder))
    .then(async (started) => {
      shell.resolve(started);
      if (links.length > 0) await started.open(links);
    })
    .catch(fail);
}

async function start(options: Options, dataFolder: string): Promise<Shell> {
  const imports = await readImports(options);
  const log = createLog({ level: 'info', destination: options.verbose ? 'stderr' : join(dataFolder, 'paperplane.log') });
  endOnCrash(log);
  const program = createProgram({
    platform: { dataFolder, secrets: await createSecrets(dataFolder), version: app.getVersion() },
    listen: options.listen,
    ...(options.login && { login: options.login }),
    allowDirectFetch: options.allowDirectFetch,
    probes: options.probes,
    watchdog: join(root, 'dist/watchdog/watchdog.cjs'),
    restoreCommand: [process.execPath, ...(app.isPackaged ? [] : [root]), '--restore-system-proxy'],
    log,
  });
  const report = createReport(options.json);
  let endReport = () => {};
  const stop = () => program.stop().finally(() => endReport());
  const ending = stopBeforeQuit({ stop, restoreNow: program.restoreNow });
  report.listening(await program.start());
  endReport = pushStates(program.store, report.state);
  serveApp({ readFile: (path) => readStaticFile(join(root, 'dist/renderer'), path), headers: answerHeaders });
  const logFailure: LogFailure = (command, error) => log.error({ command, error }, 'command failed');
  startIpcCarrier({ engine: program, port: ipcMain, isTrusted: isOurPage, log: logFailure });
  if (options.systemProxy) program.commands.setSystemProxy({ on: true }).catch(() => undefined); // the state tells why
  const shell = await openShell({
    engine: program,
    ending,
    preload: join(root, 'dist/preload/index.cjs'),
    assets: join(root, 'assets'),
    dataFolder,
    words: { ...sentences(), ...sentences().shell },
  });
  importAll(program, imports, report).catch((error) => log.error({ error }, 'import failed'));
  return shell;
}

async function createSecrets(dataFolder: string): Promise<Secrets> {
  return createKeyringSecrets(await readKeyringKey(join(dataFolder, 'paperplane.keyring')), createKeyFileSecrets(dataFolder));
}

/** In the language that the window takes: Electron makes its page's `navigator.languages` of these. */
function sentences(): Locale {
  return locales[findLanguage([app.getLocale(), ...app.getPreferredSystemLanguages()]).language];
}

/** Says why in one line, in a dialog as well where nobody reads standard error. Exit code 2 for a wrong option, else 1. */
async function fail(error: unknown): Promise<void> {
  const isUsage = error instanceof UsageError;
  const explanation = isUsage ? error.message : await explainStartFailure(error);
  process.stderr.write(`${explanation}\n`);
  if (!isUsage && !process.stderr.isTTY && app.isPackaged)
    dialog.showErrorBox('Paperplane', translateStartFailure(error, explanation, sentences()));
  app.exit(isUsage ? 2 : 1);
}
