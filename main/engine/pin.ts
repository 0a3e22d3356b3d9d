import type { StoreApi } from 'zustand/vanilla';
import type { AppState } from '../../preload/contract.ts';
import type { Database } from './database.ts';
import type { ProxyList } from './proxy-list.ts';

export interface PinParts {
  readonly store: StoreApi<AppState>;
  readonly proxies: ProxyList;
  readonly database: () => Database;
}

const minuteMs = 60_000;
/** Timers stand still while the computer sleeps, clocks do not: the clock is looked at this often. */
const lookMs = 30_000;

/** The person's pin, kept over restarts, with its end where it has one. */
export class Pin {
  readonly #parts: PinParts;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: PinParts) {
    this.#parts = parts;
  }

  /** Takes up the pin of the last run, unless it has ended meanwhile or its proxy is gone or not spoken. */
  load(): void {
    const { database, proxies } = this.#parts;
    const id = database().readSetting('pinnedId');
    if (id === null) return;
    const until = database().readSetting('pinnedUntil');
    if (proxies.get(id)?.definition.notSpoken !== null) this.set(null);
    else this.#hold(id, until === null ? null : Number(until));
  }

  /** Only this proxy is used, for so many minutes or for ever; null lets go. */
  set(id: string | null, minutes?: number): void {
    const until = id === null || minutes === undefined ? null : Date.now() + minutes * minuteMs;
    const database = this.#parts.database();
    database.writeSetting('pinnedId', id);
    database.writeSetting('pinnedUntil', until === null ? null : String(until));
    this.#hold(id, until);
  }

  /** The pin ends when its proxy is excluded or removed. */
  letGoOf(ids: readonly string[]): void {
    const { pinnedId } = this.#parts.proxies.choice;
    if (pinnedId !== null && ids.includes(pinnedId)) this.set(null);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #hold(id: string | null, until: number | null): void {
    clearTimeout(this.#timer);
    const { store, proxies } = this.#parts;
    proxies.choose({ pinnedId: id });
    store.setState({ pinnedUntil: until });
    if (until !== null) this.#expire(until);
  }

  #end(): void {
    try {
      this.set(null);
    } catch {
      this.#hold(null, null); // the disk is full; what is on it has ended too
    }
  }

  #expire(until: number): void {
    const leftMs = until - Date.now();
    if (leftMs <= 0) this.#end();
    else this.#timer = setTimeout(() => this.#expire(until), Math.min(leftMs, lookMs));
  }
}
