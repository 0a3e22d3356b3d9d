/** What to write, from what was, what we set and what is. Pure. */
import type { Backend, Meaning, Settings, Target } from './backend.ts';

/** What the journal keeps of a change. */
export interface Change {
  /** All settings before the change. */
  readonly previous: Settings;
  /** What we set; while one change replaces another, both. */
  readonly ours: readonly Settings[];
  /** Whether all of it was written and read back, and restoring has not begun: then whatever is not ours is somebody else's work. */
  readonly isApplied: boolean;
}

export interface Restoration {
  /** What gives the system back its previous settings; empty when nothing of ours is left. */
  readonly changes: Settings;
  /** What another program has changed meanwhile, and what only has a meaning together with that. */
  readonly leftAlone: readonly string[];
}

/**
 * Only what is still as we set it goes back to what it was. Of a change that was broken off in the middle, what is as it was before is nobody
 * else's work either. What the system does not speak of any more has nothing to go back to: a network service that was deleted.
 */
export function planRestoration({ previous, ours, isApplied }: Change, present: Settings, company: Backend['company']): Restoration {
  const names = new Set(ours.flatMap(Object.keys));
  const isOurs = (name: string) => ours.some((set) => Object.hasOwn(set, name) && textOf(set, name) === textOf(present, name));
  const isForeign = (name: string) => names.has(name) && !isOurs(name) && (isApplied || textOf(present, name) !== textOf(previous, name));
  const changes: Record<string, string | null> = {};
  const leftAlone: string[] = [];
  for (const name of names) {
    if (!Object.hasOwn(present, name) || textOf(present, name) === textOf(previous, name)) continue;
    if (isForeign(name) || company(name).some(isForeign)) leftAlone.push(name);
    else changes[name] = textOf(previous, name);
  }
  return { changes, leftAlone };
}

/** What must be written so that `present` becomes `desired`. */
export function differences(desired: Settings, present: Settings): Settings {
  return Object.fromEntries(Object.entries(desired).filter(([name, value]) => value !== textOf(present, name)));
}

/** Whether the system leads to the target. A bypass list that the person has edited meanwhile changes nothing about that. */
export function isInEffect(target: Target, present: Settings, { wanted, meaning }: Pick<Backend, 'wanted' | 'meaning'>): boolean {
  return addressOf(meaning(present)) === addressOf(meaning({ ...present, ...wanted(target, present) }));
}

/**
 * Whether there are places for a proxy setting, such as a network service, that were not there when we set it, and all else is still as we set
 * it: then nobody has decided that these places should go around.
 */
export function hasNewPlaces({ previous, ours }: Change, wanted: Settings, present: Settings): boolean {
  const set = ours.at(-1) ?? {};
  const isUntouched = Object.keys(set).every((name) => !Object.hasOwn(present, name) || textOf(set, name) === textOf(present, name));
  return isUntouched && Object.keys(wanted).some((name) => !Object.hasOwn(previous, name));
}

/** Where these settings lead, for people; null: nowhere. */
export function addressOf({ mode, http, https, socks, pacUrl }: Meaning): string | null {
  if (mode === 'none') return null;
  if (mode === 'pac') return pacUrl;
  if (mode !== 'manual') return mode;
  return [...new Set([http, https, socks])].filter((address) => address !== null).join(', ') || null;
}

const textOf = (settings: Settings, name: string) => settings[name] ?? null;
