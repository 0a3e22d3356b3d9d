import type { Change } from '../../../preload/diagnosis.ts';
import type { Settings } from '../backend.ts';

/** What becomes of the settings, as a person sees it. */
export function settingsChange(changes: Settings, present: Settings): Change {
  const differing = Object.entries(changes).filter(([name, value]) => (present[name] ?? null) !== value);
  const shown = differing.map(([setting, after]) => ({ setting, before: mask(present[setting]), after: mask(after) }));
  return { kind: 'settings', changes: shown };
}

/** A setting may hold the address of a proxy or a script, in any system's way of writing it. */
function mask(value: string | null | undefined): string {
  return (value ?? '').replace(/[^\s'"=;,/[]+:[^\s'"=;,/]+@/g, '***@').replace(/(:\/\/[^\s'"?]*)\?[^\s'"]*/g, '$1?***');
}
