/** The program without a window: engine and HTTP carrier in plain Node. `npm run -s headless -- --help` tells the options. */
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { endOnCrash } from './cli/crash.ts';
import { runDiagnosis } from './cli/diagnose.ts';
import { endWith } from './cli/end-with.ts';
import { type Import, importAll, readImports, stopReading } from './cli/imports.ts';
import { type Options, parseOptions, UsageError, usage } from './cli/options.ts';
import { outliveReaders } from './cli/outlive-readers.ts';
import { createReport } from './cli/report.ts';
import { restoreSystemProxy } from './cli/restore-system-proxy.ts';
import { explainStartFailure } from './cli/start-failure.ts';
import type { LogFailure } from './control/dispatch.ts';
import { startHttpCarrier } from './control/http-carrier.ts';
import { pushStates } from './control/push.ts';
import { defaultDataFolder } from './engine/data-folder.ts';
import { createKeyFileSecrets } from './engine/key-file-secrets.ts';
import { createLog } from './engine/log.ts';
import { createProgram } from './program.ts';

const sameSignalMs = 1000;
const files = join(import.meta.dirname, '../dist/renderer');

outliveReaders();
endWith(await run(process.argv.slice(2)));

/** Runs until a signal comes. Returns the exit code: 0 stopped, 1 could not start, 2 wrong option; see also `runDiagnosis`. */
async function run(argv: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(argv, process.env);
    if (options.help) process.stdout.write(`${usage}\n`);
    else if (options.diagnose) return await runDiagnosis(options);
    else if (options.restoreSystemProxy) return await restoreSystemProxy(createReport(options.json));
    else await serve(options, await readImports(options));
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof UsageError ? error.message : await explainStartFailure(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function serve(options: Options, imports: readonly Import[]): Promise<void> {
  const stopped = signalled();
  const dataFolder = options.data ?? defaultDataFolder();
  const log = createLog({ level: 'info', destination: options.verbose ? 'stderr' : join(dataFolder, 'paperplane.log') });
  endOnCrash(log);
  const program = createProgram({
    platform: { dataFolder, secrets: createKeyFileSecrets(dataFolder), version: packageJson.version },
    listen: options.listen,
    ...(options.login && { login: options.login }),
    allowDirectFetch: options.allowDirectFetch,
    probes: options.probes,
    watchdog: join(import.meta.dirname, 'system-proxy/watchdog.ts'),
    restoreCommand: [process.execPath, import.meta.filename, '--restore-system-proxy'],
    log,
  });
  const report = createReport(options.json);
  const logFailure: LogFailure = (command, error) => log.error({ command, error }, 'command failed');
  const carriers = [];
  let endReport = () => {};
  try {
    const endpoint = await program.start();
    report.listening(endpoint);
    if (options.ui) {
      const carrier = await startHttpCarrier({ engine: program, ...options.ui, files, log: logFailure });
      carriers.push(carrier);
      report.ui(carrier.url);
    }
    if (options.systemProxy) await program.commands.setSystemProxy({ on: true });
    endReport = pushStates(program.store, report.state);
    await Promise.race([stopped, importAll(program, imports, report).then(() => stopped)]);
  } finally {
    stopReading(imports);
    await Promise.all([program.stop(), ...carriers.map((carrier) => carrier.close())]);
    endReport();
  }
}

/**
 * The first SIGTERM, SIGINT, or SIGHUP, which a terminal sends that is closed. A terminal sends its signal to npm and to us, and npm hands its
 * own on: what comes within a second is the same one. A later one ends the program at once.
 */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = () => {
      first ??= performance.now();
      if (performance.now() - first > sameSignalMs) process.exit(1);
      resolve();
    };
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);
  });
}
