import type { AppState, Bridge, CommandName, Outcome } from '../preload/contract.ts';

const retryAfterMs = 1000;

/** The way to the engine: the preload's in the desktop window, else HTTP to wherever the page came from. */
export function findBridge(): Bridge {
  return (window as { readonly paperplane?: Bridge }).paperplane ?? createHttpBridge();
}

/** `POST /api/call/<name>` for commands, server-sent events for the state. A failed request is `not-connected`. */
function createHttpBridge(): Bridge {
  return { host: 'browser', call: (name, args) => post(name, args), onState: watchState };
}

async function post<T>(name: CommandName, args: unknown): Promise<Outcome<T>> {
  try {
    const response = await fetch(`/api/call/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(args),
    });
    return (await response.json()) as Outcome<T>;
  } catch {
    return { ok: false, code: 'not-connected' };
  }
}

/**
 * A browser keeps six connections to one address for all its tabs, and a stream of states takes one for as long as it is open. So a tab has
 * one only while it is shown: when it is shown again, the newest state comes first.
 */
function watchState(listener: (state: AppState | null) => void): () => void {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  const open = () => {
    const opened = new EventSource('/api/state');
    opened.onmessage = (event) => listener(JSON.parse(event.data) as AppState);
    opened.onerror = () => {
      listener(null);
      // The browser reconnects by itself after a lost connection, but gives up after an answer that is not 200.
      if (opened.readyState === EventSource.CLOSED) retry = setTimeout(open, retryAfterMs);
    };
    source = opened;
  };
  const close = () => {
    clearTimeout(retry);
    source?.close();
  };
  const follow = () => {
    close();
    if (!document.hidden) open();
  };
  document.addEventListener('visibilitychange', follow);
  follow();
  return () => {
    document.removeEventListener('visibilitychange', follow);
    close();
  };
}
