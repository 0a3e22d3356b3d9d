import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import type { IpcMain, IpcMainInvokeEvent } from 'electron';
import { type IpcPort, type IpcSender, startIpcCarrier } from '../../main/control/ipc-carrier.ts';
import { type AppState, ipcChannels, type Outcome } from '../../preload/contract.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { createStateStore, recordingCommands } from './input.ts';

assertNothingLeftOpen();

// Checked by tsc: Electron's own object fits the port.
type Fits<T extends IpcPort<IpcMainInvokeEvent>> = T;
export type ElectronFits = Fits<IpcMain>;

type Listener = (event: { sender: Window; trusted: boolean }, ...args: unknown[]) => Promise<unknown>;

/** What the carrier sees of a window: it takes messages until it is destroyed, and throws afterwards, as Electron's does. */
class Window extends EventEmitter implements IpcSender {
  readonly states: AppState[] = [];
  #destroyed = false;
  isDestroyed = () => this.#destroyed;
  send(channel: string, state: unknown) {
    if (this.#destroyed) throw new TypeError('Object has been destroyed');
    assert.equal(channel, ipcChannels.state);
    this.states.push(structuredClone(state) as AppState);
  }
  destroy() {
    this.#destroyed = true;
    this.emit('destroyed');
  }
}

function openCarrier() {
  const handlers = new Map<string, Listener>();
  const store = createStateStore();
  const stop = startIpcCarrier({
    engine: { commands: recordingCommands([]), store },
    port: { handle: (channel, listener) => handlers.set(channel, listener), removeHandler: (channel) => handlers.delete(channel) },
    isTrusted: ({ trusted }: { sender: Window; trusted: boolean }) => trusted,
    log: assert.fail,
  });
  const invoke = async (channel: string, sender: Window, trusted: boolean, ...args: unknown[]) =>
    (await handlers.get(channel)?.({ sender, trusted }, ...args)) as Outcome<unknown>;
  return { handlers, store, stop, invoke };
}

test('a call is dispatched, whatever its arguments', async () => {
  const { invoke, stop } = openCarrier();
  const window = new Window();
  assert.deepEqual(await invoke(ipcChannels.call, window, true, 'pinProxy', { id: null }), { ok: true, value: null });
  assert.deepEqual(await invoke(ipcChannels.call, window, true, 'pinProxy'), { ok: false, code: 'bad-arguments' });
  assert.deepEqual(await invoke(ipcChannels.call, window, true), { ok: false, code: 'unknown-command' });
  stop();
});

test('an untrusted sender gets no answer and no state', async () => {
  const { invoke, store, stop } = openCarrier();
  const window = new Window();
  const refused = { ok: false, code: 'bad-request' };
  assert.deepEqual(await invoke(ipcChannels.call, window, false, 'pinProxy', { id: null }), refused);
  assert.deepEqual(await invoke(ipcChannels.subscribe, window, false), refused);
  store.setState({ status: 'ready' });
  assert.deepEqual(window.states, []);
  stop();
});

test('each window gets the state now and on change, until it is destroyed', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { invoke, store, stop } = openCarrier();
  const [one, other] = [new Window(), new Window()];
  assert.deepEqual(await invoke(ipcChannels.subscribe, one, true), { ok: true, value: null });
  await invoke(ipcChannels.subscribe, other, true);
  assert.deepEqual(one.states, [store.getState()]);
  one.destroy();
  store.setState({ status: 'ready' });
  t.mock.timers.tick(250);
  assert.equal(one.states.length, 1);
  assert.equal(other.states.at(-1)?.status, 'ready');
  stop();
  t.mock.timers.reset();
});

test('a window that was reloaded gets the present state again, and each state once', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { invoke, store, stop } = openCarrier();
  const window = new Window();
  for (let load = 0; load < 3; load++) await invoke(ipcChannels.subscribe, window, true);
  assert.equal(window.states.length, 3);
  assert.equal(window.listenerCount('destroyed'), 1);
  store.setState({ status: 'ready' });
  t.mock.timers.tick(250);
  assert.equal(window.states.length, 4);
  stop();
  t.mock.timers.reset();
});

test('after the end no handler is left and no state is sent', async () => {
  const { handlers, invoke, store, stop } = openCarrier();
  const window = new Window();
  await invoke(ipcChannels.subscribe, window, true);
  stop();
  assert.equal(handlers.size, 0);
  store.setState({ status: 'ready' });
  assert.equal(window.states.length, 1);
  window.destroy();
});
