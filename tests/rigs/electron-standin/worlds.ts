/**
 * Code that runs in pages, sent there as text: each function here must stand alone. The page's own world and the preload's isolated
 * world share only the DOM, whose events cross synchronously; the bridge between the worlds is made of such events.
 */

/** A value on its way over the bridge. */
type Packed =
  | { kind: 'plain'; value: string | number | boolean | null }
  | { kind: 'undefined' }
  | { kind: 'list'; items: Packed[] }
  | { kind: 'object'; fields: [string, Packed][] }
  | { kind: 'function'; id: number }
  | { kind: 'promise'; id: number };
type Answer = { value: Packed } | { error: string };
type Message =
  | { kind: 'expose'; name: string; api: Packed }
  | { kind: 'call'; id: number; args: Packed[] }
  | { kind: 'reply'; answer: Answer }
  | { kind: 'settled'; id: number; answer: Answer };
type Callable = (...args: unknown[]) => unknown;
interface EventNames {
  readonly send: string;
  readonly receive: string;
}

/**
 * One end of the bridge. Data is copied; a function becomes one that calls back over the bridge; a promise settles on the other side.
 * Returns what exposes an API to the other end.
 */
function createBridge({ send, receive }: EventNames, onExpose: (name: string, api: unknown) => void) {
  const functions = new Map<number, Callable>();
  const pending = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const last: { id: number; answer: Answer } = { id: 0, answer: { error: 'the other world did not answer' } };

  const post = (message: Message) => document.dispatchEvent(new CustomEvent(send, { detail: JSON.stringify(message) }));
  const failed = (error: unknown): Answer => ({ error: error instanceof Error ? error.message : String(error) });
  const pack = (value: unknown): Packed => {
    if (value === undefined) return { kind: 'undefined' };
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null)
      return { kind: 'plain', value };
    if (Array.isArray(value)) return { kind: 'list', items: value.map(pack) };
    if (typeof value === 'symbol' || typeof value === 'bigint') throw new Error('An object could not be cloned.');
    last.id += 1;
    const { id } = last;
    if (typeof value === 'function') {
      functions.set(id, value as Callable);
      return { kind: 'function', id };
    }
    if (value instanceof Promise) {
      value.then(
        (result) => post({ kind: 'settled', id, answer: { value: pack(result) } }),
        (error) => post({ kind: 'settled', id, answer: failed(error) }),
      );
      return { kind: 'promise', id };
    }
    return { kind: 'object', fields: Object.entries(value).map(([key, field]) => [key, pack(field)]) };
  };
  const unpack = (packed: Packed): unknown => {
    switch (packed.kind) {
      case 'plain':
        return packed.value;
      case 'list':
        return packed.items.map(unpack);
      case 'object':
        return Object.fromEntries(packed.fields.map(([key, field]) => [key, unpack(field)]));
      case 'function':
        return (...args: unknown[]) => callOver(packed.id, args);
      case 'promise':
        return new Promise((resolve, reject) => pending.set(packed.id, { resolve, reject }));
      default:
        return undefined;
    }
  };
  const callOver = (id: number, args: unknown[]) => {
    post({ kind: 'call', id, args: args.map(pack) }); // events are synchronous: the answer is there when this returns
    const { answer } = last;
    if ('error' in answer) throw new Error(answer.error);
    return unpack(answer.value);
  };
  const answerTo = (id: number, args: Packed[]): Answer => {
    try {
      return { value: pack(functions.get(id)?.(...args.map(unpack))) };
    } catch (error) {
      return failed(error);
    }
  };
  document.addEventListener(receive, (event) => {
    const message: Message = JSON.parse((event as CustomEvent<string>).detail);
    if (message.kind === 'expose') onExpose(message.name, unpack(message.api));
    else if (message.kind === 'call') post({ kind: 'reply', answer: answerTo(message.id, message.args) });
    else if (message.kind === 'reply') last.answer = message.answer;
    else if ('error' in message.answer) pending.get(message.id)?.reject(new Error(message.answer.error));
    else pending.get(message.id)?.resolve(unpack(message.answer.value));
  });
  return (name: string, api: unknown) => post({ kind: 'expose', name, api: pack(api) });
}

/** In the page's world: puts what the preload exposes on `window`, frozen and for good. */
function receiveExposed(name: string, api: unknown): void {
  const freeze = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    Object.values(Object.freeze(value)).forEach(freeze);
  };
  if (name in window) throw new Error('Cannot bind an API on top of an existing property on the window object');
  freeze(api);
  Object.defineProperty(window, name, { value: api, enumerable: true, writable: false, configurable: false });
}

/** A message between a preload and the main process; `args` and `value` are JSON texts of what was cloned. */
export type ToMain = { kind: 'invoke' | 'send'; id: number; channel: string; args: string } | { kind: 'preload-error'; message: string };
export type ToPreload =
  | { kind: 'reply'; id: number; value: string | undefined }
  | { kind: 'failure'; id: number; message: string }
  | { kind: 'message'; channel: string; args: string };

/**
 * Clones as IPC does, and says so with Electron's text where a value cannot be. Stricter than Electron: whatever JSON cannot carry is
 * refused, because Paperplane's contract promises that nothing else crosses the border.
 */
export function cloneToText(value: unknown): string | undefined {
  const refuse = (reason: string) => {
    throw new Error(reason);
  };
  try {
    structuredClone(value);
  } catch {
    refuse('An object could not be cloned.');
  }
  return JSON.stringify(value, (_key, field) => {
    const isPlain =
      typeof field !== 'object' || field === null || Array.isArray(field) || Object.getPrototypeOf(field) === Object.prototype;
    if (!isPlain || typeof field === 'bigint' || Number.isNaN(field)) refuse('stand-in: JSON cannot carry this value');
    return field;
  });
}

/** In the isolated world: Electron's `ipcRenderer`, as far as a preload of Paperplane uses it. */
function createIpcRenderer(post: (message: ToMain) => void, clone: typeof cloneToText) {
  const listeners = new Map<string, Set<(event: object, ...args: unknown[]) => void>>();
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  const last = { id: 0 };
  const send = (kind: 'invoke' | 'send', channel: string, args: unknown[]) => {
    last.id += 1;
    post({ kind, id: last.id, channel, args: clone(args) ?? '[]' });
    return last.id;
  };
  const ipcRenderer = {
    invoke: async (channel: string, ...args: unknown[]) => {
      const id = send('invoke', channel, args);
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    },
    send: (channel: string, ...args: unknown[]) => void send('send', channel, args),
    on(channel: string, listener: (event: object, ...args: unknown[]) => void) {
      listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener));
      return ipcRenderer;
    },
    off(channel: string, listener: (event: object, ...args: unknown[]) => void) {
      listeners.get(channel)?.delete(listener);
      return ipcRenderer;
    },
    removeListener: (channel: string, listener: (event: object, ...args: unknown[]) => void) => ipcRenderer.off(channel, listener),
  };
  const deliver = (message: ToPreload) => {
    if (message.kind === 'reply') waiting.get(message.id)?.resolve(message.value === undefined ? undefined : JSON.parse(message.value));
    else if (message.kind === 'failure') waiting.get(message.id)?.reject(new Error(message.message));
    else for (const listener of [...(listeners.get(message.channel) ?? [])]) listener({ sender: ipcRenderer }, ...JSON.parse(message.args));
  };
  return { ipcRenderer, deliver };
}

/** In the isolated world: runs the preload with the `require` of a sandboxed preload. */
function runPreload(source: string, electron: object, report: (message: ToMain) => void): void {
  const require = (name: string) => {
    if (name === 'electron' || name === 'electron/renderer') return electron;
    throw new Error(`module not found: ${name}`);
  };
  const module = { exports: {} };
  try {
    new Function('require', 'module', 'exports', 'process', source)(require, module, module.exports, { type: 'renderer', sandboxed: true });
  } catch (error) {
    report({ kind: 'preload-error', message: String(error) });
  }
}

/** Names of the two functions that join the isolated world to the main process. */
export const toMainName = '__electronStandInToMain';
export const toPreloadName = '__electronStandInToPreload';

/** The script for the page's own world. `token` keeps pages from guessing the names of the bridge's events. */
export function mainWorldScript(token: string): string {
  const names: EventNames = { send: `${token}-to-preload`, receive: `${token}-to-page` };
  return `if (window === top) { ${createBridge} ${receiveExposed} createBridge(${JSON.stringify(names)}, receiveExposed); }`;
}

/** The script for the isolated world, with the text of the preload in it. Like Electron's, preloads run in top frames only. */
export function isolatedWorldScript(token: string, preload: string): string {
  const names: EventNames = { send: `${token}-to-page`, receive: `${token}-to-preload` };
  return `if (window === top) {
    ${createBridge} ${createIpcRenderer} ${cloneToText} ${runPreload}
    const post = (message) => globalThis.${toMainName}(JSON.stringify(message));
    const { ipcRenderer, deliver } = createIpcRenderer(post, cloneToText);
    globalThis.${toPreloadName} = (text) => deliver(JSON.parse(text));
    const exposeInMainWorld = createBridge(${JSON.stringify(names)}, () => {});
    runPreload(${JSON.stringify(preload)}, { ipcRenderer, contextBridge: { exposeInMainWorld } }, post);
  }`;
}
