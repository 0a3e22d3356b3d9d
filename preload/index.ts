/** Runs in the window's isolated world, sandboxed: offers the Bridge to the page as `window.paperplane`, and nothing else. */
import { contextBridge, ipcRenderer } from 'electron';
import { type AppState, type Bridge, ipcChannels, type Outcome } from './contract.ts';

function createBridge(): Bridge {
  const listeners = new Set<(state: AppState | null) => void>();
  let subscribed = false;
  let state: AppState | null | undefined; // undefined: not heard yet; null: the engine does not answer

  const tell = (next: AppState | null) => {
    state = next;
    for (const listener of [...listeners]) listener(next);
  };
  const subscribe = () => {
    if (subscribed) return;
    subscribed = true;
    ipcRenderer.on(ipcChannels.state, (_event, next: AppState) => tell(next));
    ipcRenderer.invoke(ipcChannels.subscribe).then(
      (outcome: Outcome<null>) => outcome.ok || tell(null),
      () => tell(null),
    );
  };
  return {
    host: 'desktop',
    call: (name, args) => ipcRenderer.invoke(ipcChannels.call, name, args),
    onState(listener) {
      // Its own function each time, so that one listener given twice is two subscriptions.
      const own = (next: AppState | null) => listener(next);
      listeners.add(own);
      if (state !== undefined) own(state);
      subscribe();
      return () => void listeners.delete(own);
    },
  };
}

contextBridge.exposeInMainWorld('paperplane', createBridge());
