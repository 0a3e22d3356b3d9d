import assert from 'node:assert/strict';
import { apply } from '../../main/system-proxy/apply.ts';
import type { BackendParts, Run, Target } from '../../main/system-proxy/backend.ts';
import { createBackend, findDesktop } from '../../main/system-proxy/backends.ts';
import { restoreLeftover } from '../../main/system-proxy/restore.ts';
import { findStartEntry } from '../../main/system-proxy/start-entry.ts';
import { temporaryFolder } from './programs.ts';

export interface Victim {
  readonly parts: BackendParts;
  /** Everything that programs can see of the settings. */
  dump(): string;
  /** Whether this run changes settings. */
  isChange(...run: Parameters<Run>): boolean;
}

/** Turns on and off, each time on a new computer and dying one change later than before; then the next start must restore everything. */
export async function killAnywhere(create: () => Victim, target: Target): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  for (let lives = 0, died = true; died; lives++) {
    await using folder = await temporaryFolder();
    const { parts, dump, isChange } = create();
    const computer = { ...parts, env: { ...parts.env, HOME: folder.path }, folder: folder.path };
    const mortal = { ...computer, run: mortalRun(parts.run, isChange, lives) };
    const { place, write } = findStartEntry(mortal);
    const startEntry = { place, write: () => write({ args: ['/restore'], isNode: true }, signal) };
    const backend = createBackend(findDesktop(parts).id ?? assert.fail(), mortal) ?? assert.fail();
    const before = dump();
    died = await apply(backend, target, { ...mortal, startEntry }, signal)
      .then(() => restoreLeftover(mortal, signal))
      .then(() => false)
      .catch(() => true);
    await restoreLeftover(computer, signal);
    assert.equal(dump(), before, `killed after ${lives} changes`);
    assert.ok(!findStartEntry(computer).isLeft());
    assert.ok(lives < 200, 'it never gets through');
  }
}

/** Does nothing more after so many changes, as one does who is dead. */
function mortalRun(run: Run, isChange: Victim['isChange'], lives: number): Run {
  let left = lives;
  return async (...args) => {
    if (isChange(...args)) left--;
    if (left < 0) throw new Error('dead');
    return run(...args);
  };
}
