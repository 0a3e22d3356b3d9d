import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { createEngine, type Engine } from '../../main/engine/engine.ts';
import type { AppState, ImportReport } from '../../preload/contract.ts';
import { platformOn, temporaryDataFolder } from './data-folder.ts';

/** A started engine on a free port; `await using` stops it. Without a `probe` address its probes are refused. */
export async function startEngine(t: TestContext, { dataFolder = temporaryDataFolder(t), probe = 'http://127.0.0.1:9/' } = {}) {
  const platform = platformOn(dataFolder);
  const engine = createEngine({ platform, listen: { host: '127.0.0.1', port: 0 }, probes: [probe], log: pino({ level: 'silent' }) });
  await engine.start();
  return { ...engine, dataFolder, [Symbol.asyncDispose]: () => engine.stop() };
}

/** The first state from now on that `matches`. */
export function stateOf(engine: Engine, matches: (state: AppState) => boolean): Promise<AppState> {
  const { promise, resolve } = Promise.withResolvers<AppState>();
  const look = (state: AppState) => matches(state) && resolve(state);
  const unsubscribe = engine.store.subscribe(look);
  look(engine.store.getState());
  return promise.finally(unsubscribe);
}

export const rowsOf = async (engine: Engine) => (await engine.commands.listProxies({ offset: 0, limit: 500 })).rows;

/** The person's answer to what is offered now. */
export function answerOffer({ store, commands }: Engine, accept: boolean): Promise<ImportReport | null> {
  const { pending } = store.getState();
  assert.ok(pending, 'nothing is offered');
  return commands.answerPending({ id: pending.id, accept });
}
