import type { StoreApi } from 'zustand/vanilla';
import { type AppState, type Commands, ipcChannels, type Outcome } from '../../preload/contract.ts';
import { createDispatch, type LogFailure } from './dispatch.ts';
import { pushStates } from './push.ts';

/** The part of Electron's WebContents that is needed here. */
export interface IpcSender {
  send(channel: string, ...args: unknown[]): void;
  isDestroyed(): boolean;
  once(event: 'destroyed', listener: () => void): unknown;
}

/** The part of Electron's ipcMain that is needed here; `E` is its IpcMainInvokeEvent. */
export interface IpcPort<E extends { readonly sender: IpcSender }> {
  handle(channel: string, listener: (event: E, ...args: unknown[]) => Promise<unknown>): void;
  removeHandler(channel: string): void;
}

export interface IpcCarrierOptions<E extends { readonly sender: IpcSender }> {
  readonly engine: { readonly commands: Partial<Commands>; readonly store: StoreApi<AppState> };
  readonly port: IpcPort<E>;
  /** Whether the message comes from our own page in its top frame; all others are answered `bad-request`. */
  readonly isTrusted: (event: E) => boolean;
  readonly log: LogFailure;
}

const refused: Outcome<never> = { ok: false, code: 'bad-request' };

/**
 * Carries the contract over Electron's IPC. `call` takes a command's name and its arguments; `subscribe` starts sending states to the
 * calling window on the channel `state`, the present one at once, until the window is gone. Returns the function that ends it all.
 */
export function startIpcCarrier<E extends { readonly sender: IpcSender }>({ engine, port, isTrusted, log }: IpcCarrierOptions<E>) {
  const dispatch = createDispatch(engine, log);
  const subscriptions = new Map<IpcSender, () => void>();
  const end = (sender: IpcSender) => {
    subscriptions.get(sender)?.();
    subscriptions.delete(sender);
  };
  const subscribe = (sender: IpcSender) => {
    // A window that was reloaded subscribes again and needs the present state again; its end is already being watched.
    if (subscriptions.has(sender)) end(sender);
    else sender.once('destroyed', () => end(sender));
    const push = (state: AppState) => {
      if (!sender.isDestroyed()) sender.send(ipcChannels.state, state);
    };
    subscriptions.set(sender, pushStates(engine.store, push));
  };

  port.handle(ipcChannels.call, async (event, name, args) => (isTrusted(event) ? dispatch(name, args) : refused));
  port.handle(ipcChannels.subscribe, async (event) => {
    if (!isTrusted(event)) return refused;
    subscribe(event.sender);
    return { ok: true, value: null };
  });
  return () => {
    port.removeHandler(ipcChannels.call);
    port.removeHandler(ipcChannels.subscribe);
    for (const sender of [...subscriptions.keys()]) end(sender);
  };
}
