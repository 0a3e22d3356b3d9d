import { EventEmitter } from 'node:events';
import { cloneToText, type ToMain, type ToPreload } from './worlds.ts';

type Handler = (event: object, ...args: unknown[]) => unknown;
const handlers = new Map<string, Handler>();

class IpcMain extends EventEmitter {
  handle(channel: string, handler: Handler): void {
    if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    handlers.set(channel, handler);
  }
  removeHandler(channel: string): void {
    handlers.delete(channel);
  }
}

export const ipcMain = new IpcMain();

/** Hands a page's message to the application, and what it answers to `reply`. */
export async function receive(event: object, message: ToMain, reply: (message: ToPreload) => Promise<void>): Promise<void> {
  if (message.kind === 'preload-error') {
    console.error(`Unable to load preload script: ${message.message}`);
  } else if (message.kind === 'send') {
    ipcMain.emit(message.channel, event, ...JSON.parse(message.args));
  } else {
    await reply(await invoke(event, message.id, message.channel, JSON.parse(message.args)));
  }
}

/** Errors lose their class and gain a prefix on the way, as in Electron; that is why Paperplane's travel as data. */
async function invoke(event: object, id: number, channel: string, args: unknown[]): Promise<ToPreload> {
  try {
    const handler = handlers.get(channel);
    if (handler === undefined) throw new Error(`No handler registered for '${channel}'`);
    return { kind: 'reply', id, value: cloneToText(await handler(event, ...args)) };
  } catch (error) {
    return { kind: 'failure', id, message: `Error invoking remote method '${channel}': ${error}` };
  }
}
