/** START HERE. The switch that makes the whole system use the endpoint: knows nothing of the engine, and is told all that it needs. */
import type { SystemProxyCommands, SystemProxyOptions, SystemProxyState } from '../../preload/system-proxy.ts';
import type { ApplyParts } from './apply.ts';
import type { Backend, Run, Target } from './backend.ts';
import { createBackend, findDesktop } from './backends.ts';
import { createGuard, type Guard } from './guard.ts';
import { isJournalLeft } from './journal.ts';
import { firstOptions, readOptions, writeOptions } from './options.ts';
import { createPacServer, pacScript } from './pac.ts';
import { type RestoreParts, restoreLeftover } from './restore.ts';
import { type StartCommandParts, startCommand } from './start-command.ts';
import { findStartEntry } from './start-entry.ts';
import { createSwitch, type Switch } from './switch.ts';
import { SystemProxyError, type SystemProxyErrorCode } from './system-proxy-error.ts';
import { createTurns } from './turns.ts';

export interface SystemProxyParts extends RestoreParts, StartCommandParts {
  /** Where applications can connect without a password, on loopback; null: nowhere now. */
  readonly endpoint: () => { readonly host: string; readonly port: number } | null;
  readonly onChange: (state: SystemProxyState) => void;
  readonly log: (what: string, error?: unknown) => void;
}

export interface SystemProxy {
  readonly commands: SystemProxyCommands;
  /** Restores first what a program that died has left, then reads and watches. Never rejects. */
  start(): Promise<void>;
  /** Restores what was before; until then the endpoint should stay open. Never rejects: what could not be restored, the watchdog tries again. */
  stop(): Promise<void>;
  /** Reads again: the computer woke up. */
  wake(): void;
  /**
   * The session is about to end, and nothing can be waited for afterwards: has the watchdog restore, and returns when it has, or after three
   * seconds. Should the session go on after all, it is turned on again a minute later.
   */
  restoreNow(): void;
}

const changeMs = 10_000;
const stopMs = 2000;
/** Programs that change the setting write it in several steps. */
const settleMs = 100;
/** Two programs that both insist would else fill each other's days. */
const reapplyPauseMs = 2000;
const guardPauseMs = 1000;
/** Windows waits five seconds for an answer when it asks whether the session may end. */
const restoreNowMs = 3000;
const stayMs = 60_000;

/** Nothing happens before `start`. */
export function createSystemProxy(parts: SystemProxyParts): SystemProxy {
  const control = new Control(parts);
  return {
    commands: {
      setSystemProxy: ({ on }) => control.set(on),
      changeSystemProxy: (change) => control.changeOptions(change),
    },
    start: () => control.start(),
    stop: () => control.stop(),
    wake: () => control.lookSoon(),
    restoreNow: () => control.restoreNow(),
  };
}

class Control {
  readonly #parts: SystemProxyParts;
  readonly #guard: Guard;
  readonly #backend: Backend | null;
  readonly #switch: Switch | null;
  readonly #pac = createPacServer();
  readonly #inTurn = createTurns();
  #state: SystemProxyState;
  #unwatch = () => {};
  #looking: NodeJS.Timeout | undefined;
  #reapplying: NodeJS.Timeout | undefined;
  #guarding: NodeJS.Timeout | undefined;
  #staying: NodeJS.Timeout | undefined;
  #leaving = new AbortController();
  #appliedAt = 0;
  #isIncomplete = false;
  #stopped = false;

  constructor(parts: SystemProxyParts) {
    const { id, desktop } = findDesktop(parts);
    this.#parts = parts;
    this.#guard = createGuard({ ...parts, onLost: () => this.#guardAgain() });
    const run: Run = (command, args, options) => parts.run(command, args, { env: parts.env, ...options, holds: this.#guard.pipe() });
    this.#backend = id === null ? null : createBackend(id, { ...parts, run });
    const applyParts = { ...parts, run, startEntry: startEntryOf(parts, run) };
    this.#switch = this.#backend && createSwitch(this.#backend, this.#guard, applyParts);
    this.#state = {
      status: this.#switch === null ? 'unsupported' : 'unknown',
      desktop,
      changing: null,
      error: this.#switch === null ? 'system-proxy-unsupported' : null,
      other: null,
      leftAlone: false,
      options: firstOptions,
    };
  }

  async start(): Promise<void> {
    this.#publish({ options: await readOptions(this.#parts.folder) });
    await restoreLeftover(this.#parts, AbortSignal.timeout(changeMs)).then(
      (outcome) => outcome !== 'nothing' && this.#parts.log(`after an unexpected end: ${outcome}`),
      (error) => {
        this.#parts.log('not restored after an unexpected end', error);
        const code = codeOf(error);
        if (code !== 'system-proxy-in-use') this.#publish({ error: code }); // else nothing is wrong
      },
    );
    if (this.#backend === null) return;
    this.#unwatch = this.#backend.watch(() => this.lookSoon());
    this.#inTurn(() => this.#look()).catch(() => undefined);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unwatch();
    for (const timer of [this.#looking, this.#reapplying, this.#guarding, this.#staying]) clearTimeout(timer);
    await this.#inTurn(() => this.#off(AbortSignal.timeout(stopMs))).catch((error) => this.#parts.log('not restored', error));
    await Promise.all([this.#guard.end(), this.#pac.close()]);
  }

  set(on: boolean): Promise<null> {
    clearTimeout(this.#staying); // the person has decided meanwhile
    return this.#inTurn(async () => {
      this.#publish({ changing: on ? 'on' : 'off', error: null, leftAlone: false });
      const signal = this.#deadline();
      await this.#changing(() => (on ? this.#on(signal) : this.#off(signal)));
      return null;
    });
  }

  changeOptions(change: Partial<SystemProxyOptions>): Promise<null> {
    return this.#inTurn(async () => {
      const options = { ...this.#state.options, ...change };
      await writeOptions(this.#parts.folder, options);
      this.#publish({ options });
      if (this.#switch?.isHeld()) await this.#changing(() => this.#on(this.#deadline()));
      return null;
    });
  }

  /** Something may have changed: the state follows within moments. */
  lookSoon(): void {
    if (this.#stopped) return;
    this.#looking ??= setTimeout(() => {
      this.#looking = undefined;
      this.#inTurn(() => this.#look()).catch(() => undefined);
    }, settleMs).unref();
  }

  restoreNow(): void {
    if (!this.#switch?.abandon()) return;
    this.#leaving.abort();
    this.#leaving = new AbortController();
    this.#guard.endNow();
    waitWhile(() => isJournalLeft(this.#parts.folder), restoreNowMs);
    this.lookSoon();
    this.#staying = setTimeout(() => void this.set(true).catch(() => undefined), stayMs).unref();
  }

  #deadline(): AbortSignal {
    return AbortSignal.any([AbortSignal.timeout(changeMs), this.#leaving.signal]);
  }

  async #on(signal: AbortSignal): Promise<void> {
    if (this.#switch === null) throw new SystemProxyError('system-proxy-unsupported');
    await this.#switch.on(await this.#target(), signal);
    this.#appliedAt = performance.now();
  }

  async #off(signal: AbortSignal): Promise<void> {
    if (!this.#switch?.isHeld()) return;
    const isAll = await this.#switch.off(signal);
    this.#publish({ leftAlone: !isAll });
    await this.#pac.close();
  }

  async #target(): Promise<Target> {
    const endpoint = this.#parts.endpoint();
    if (endpoint === null) throw new SystemProxyError('system-proxy-no-endpoint');
    const { options } = this.#state;
    return { ...endpoint, bypass: options.bypass, pacUrl: options.pac ? await this.#pac.serve(pacScript(endpoint, options)) : null };
  }

  /** Whatever becomes of the change, the state says afterwards what the system says. */
  async #changing(change: () => Promise<void>): Promise<void> {
    try {
      await change();
      this.#publish({ error: null });
    } catch (error) {
      this.#parts.log('change failed', error);
      const code = codeOf(error);
      this.#publish({ error: code });
      throw error instanceof SystemProxyError ? error : new SystemProxyError(code);
    } finally {
      this.#publish({ changing: null });
      await this.#look();
    }
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    if (this.#switch === null) return;
    try {
      const { isIncomplete, ...seen } = await this.#switch.look(AbortSignal.timeout(changeMs));
      this.#isIncomplete = isIncomplete;
      this.#publish(seen);
    } catch (error) {
      const code = codeOf(error);
      this.#publish({ status: neverHere.includes(code) ? 'unsupported' : 'unknown', error: code, other: null });
    }
    if (this.#isToReapply()) this.#reapplySoon();
  }

  /** What others have changed, only as an option; a network service that is new was decided with the switch. */
  #isToReapply(): boolean {
    return this.#isIncomplete || (this.#state.status === 'changed' && this.#state.options.reapply);
  }

  #reapplySoon(): void {
    const waitMs = Math.max(0, this.#appliedAt + reapplyPauseMs - performance.now());
    this.#reapplying ??= setTimeout(() => {
      this.#reapplying = undefined;
      this.#inTurn(async () => this.#isToReapply() && this.#changing(() => this.#on(this.#deadline()))).catch(() => undefined);
    }, waitMs).unref();
  }

  #guardAgain(): void {
    if (this.#stopped || !this.#switch?.isHeld()) return;
    this.#guarding = setTimeout(() => {
      this.#inTurn(() => this.#guard.ensure()).catch((error) => this.#parts.log('no watchdog', error));
    }, guardPauseMs).unref();
  }

  #publish(change: Partial<SystemProxyState>): void {
    this.#state = { ...this.#state, ...change };
    this.#parts.onChange(this.#state);
  }
}

/** Where it cannot be written, as on a computer that an office manages, the switch works all the same. */
function startEntryOf(parts: SystemProxyParts, run: Run): ApplyParts['startEntry'] {
  const { place, write } = findStartEntry({ ...parts, run });
  const log = (error: unknown) => parts.log('nothing will restore at the next login, should the power fail', error);
  return { place, write: (signal) => write(startCommand(parts), signal).catch(log) };
}

/** Blocks everything. */
function waitWhile(isSo: () => boolean, limitMs: number): void {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  const end = performance.now() + limitMs;
  while (isSo() && performance.now() < end) Atomics.wait(clock, 0, 0, 10);
}

/** What trying again does not help. */
const neverHere: readonly SystemProxyErrorCode[] = ['system-proxy-unsupported', 'system-proxy-tool-missing', 'system-proxy-denied'];

function codeOf(error: unknown): SystemProxyErrorCode {
  if (error instanceof SystemProxyError) return error.code;
  return error instanceof Error && error.name === 'TimeoutError' ? 'system-proxy-timeout' : 'system-proxy-failed';
}
