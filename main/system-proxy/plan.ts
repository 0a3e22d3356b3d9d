/** What to write, from what was, what we set and what is. Pure. */
import type { Backend, Meaning, Settings } from './backend.ts';

/** What the journal keeps of a change. */
export interface Change {
  /** All settings before the change. */
  readonly previous: Settings;
  /** What we set; while one change replaces another, both. */
  readonly ours: readonly Settings[];
}

export interface Restoration {
  /** What gives the system back its previous settings; empty when nothing of ours is left. */
  readonly changes: Settings;
  /** What another program has changed meanwhile, and what only has a meaning together with that. */
  readonly leftAlone: readonly string[];
}

/**
 * Only what is still as we set it goes back to what it was. A change may have been broken off in the middle, so what is as it was before is
 * nobody else's work either.
 */
export function planRestoration({ previous, ours }: Change, present: Settings, company: Backend['company']): Restoration {
  const names = new Set(ours.flatMap(Object.keys));
  const isOurs = (name: string) => ours.some((set) => Object.hasOwn(set, name) && textOf(set, name) === textOf(present, name));
  const isForeign = (name: string) => names.has(name) && !isOurs(name) && textOf(present, name) !== textOf(previous, name);
  const changes: Record<string, string | null> = {};
  const leftAlone: string[] = [];
  for (const name of names) {
    if (textOf(present, name) === textOf(previous, name)) continue;
    if (isForeign(name) || company(name).some(isForeign)) leftAlone.push(name);
    else changes[name] = textOf(previous, name);
  }
  return { changes, leftAlone };
}

/** What must be written so that `present` becomes `desired`. */
export function differences(desired: Settings, present: Settings): Settings {
  return Object.fromEntries(Object.entries(desired).filter(([name, value]) => value !== textOf(present, name)));
}

/** Whether the system uses what we set. A bypass list that the person has edited meanwhile changes nothing about that. */
export function isInEffect(ours: Settings, present: Settings, meaning: Backend['meaning']): boolean {
  return addressOf(meaning(present)) === addressOf(meaning({ ...present, ...ours }));
}

/** Where these settings lead, for people; null: nowhere. */
export function addressOf({ mode, http, https, socks, pacUrl }: Meaning): string | null {
  if (mode === 'none') return null;
  if (mode === 'pac') return pacUrl;
  if (mode !== 'manual') return mode;
  return [...new Set([http, https, socks])].filter((address) => address !== null).join(', ') || null;
}

const textOf = (settings: Settings, name: string) => settings[name] ?? null;
