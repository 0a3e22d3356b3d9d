/** What both entries run: the engine and the system proxy, behind one set of commands and one state. */
import type { Commands, DiagnosisCommands } from '../preload/contract.ts';
import { diagnosisParts } from './diagnosing.ts';
import { defaultDataFolder } from './engine/data-folder.ts';
import { createEngine, type Engine, type EngineOptions } from './engine/engine.ts';
import { diagnose, repair } from './system-proxy/diagnosis/diagnosis.ts';
import { run } from './system-proxy/run.ts';
import { createSystemProxy } from './system-proxy/system-proxy.ts';

export interface ProgramOptions extends EngineOptions {
  /** The file of the system proxy's watchdog, for the program that runs this one. */
  readonly watchdog: string;
  /** This program, from the beginning, with the option to restore the system proxy and end. */
  readonly restoreCommand: readonly string[];
}

export interface Program extends Omit<Engine, 'commands'> {
  readonly commands: Commands;
  /** The session is about to end, and nothing can be waited for afterwards: see `SystemProxy`. */
  restoreNow(): void;
}

/** Nothing happens before `start`; see `Engine` for what that and the others do. */
export function createProgram({ watchdog, restoreCommand, ...options }: ProgramOptions): Program {
  const engine = createEngine(options);
  const { log } = options;
  const systemProxy = createSystemProxy({
    folder: defaultDataFolder(), // not the folder of --data: the system has one setting, however many Paperplanes run
    watchdog,
    restoreCommand,
    endpoint: () => (options.login ? null : engine.store.getState().endpoint),
    run,
    platform: process.platform,
    env: process.env,
    onChange: (state) => engine.store.setState({ systemProxy: state }),
    log: (what, error) => log.warn({ error }, `system proxy: ${what}`),
  });
  const diagnosis = createDiagnosisCommands(engine, options);
  return {
    ...engine,
    commands: { ...engine.commands, ...systemProxy.commands, ...diagnosis },
    async start() {
      await systemProxy.start();
      return engine.start();
    },
    wake() {
      systemProxy.wake();
      engine.wake();
    },
    restoreNow: systemProxy.restoreNow,
    /** The endpoint stays open until nothing leads to it any more. */
    async stop() {
      await systemProxy.stop();
      await engine.stop();
    },
  };
}

/** The way out is our own endpoint, as long as a proxy works. */
function createDiagnosisCommands({ store }: Engine, { login, probes, log }: EngineOptions): DiagnosisCommands {
  const parts = diagnosisParts({
    wayOut: async () => {
      const { status, endpoint } = store.getState();
      return status === 'ready' && endpoint !== null ? { ...endpoint, login } : null;
    },
    isDirectAllowed: () => store.getState().settings.allowDirectCheck,
    probes,
  });
  return {
    diagnose: () => diagnose(parts),
    async repair({ id }) {
      await repair(parts, id).catch((error) => {
        log.warn({ error }, 'repair');
        throw error;
      });
      return null;
    },
  };
}
