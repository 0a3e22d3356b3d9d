import type { Finding, Unchecked } from '../../preload/diagnosis.ts';
import { formatDuration } from '../../renderer/locales/duration.ts';
import { diagnosis } from '../../renderer/locales/en-diagnosis.ts';

const { found, because, also, byHand, unchecked, uncheckedBecause } = diagnosis;

/** What was found and why it matters, in English. */
export function findingSentences(finding: Finding): { what: string; why: string } {
  const { code, place = '', address = '', seconds = 0 } = finding;
  const time = formatDuration(Math.abs(seconds), 'en');
  const elsewhere = finding.also === undefined ? '' : ` ${fill(also, { places: finding.also.join(', ') })}`;
  return { what: fill(found[code], { place, address, time }), why: because[code] + elsewhere };
}

/** The proposed change to the letter, and how it is made. */
export function changeLines({ id, change }: Finding): readonly string[] {
  switch (change?.kind) {
    case 'line':
      return [`${change.path}, line ${change.line}:`, `  - ${change.before}`, `  + ${change.after}`, repairWith(id)];
    case 'settings':
      return [...change.changes.map(({ setting, before, after }) => `${setting}: ${before} -> ${after}`), repairWith(id)];
    case 'command':
      return [byHand[change.why], `  ${change.command}`];
    case undefined:
      return [];
  }
}

export function uncheckedSentence({ check, why, address = '' }: Unchecked): string {
  return `Not checked: ${fill(unchecked[check], { address })}; ${uncheckedBecause[why]}.`;
}

const repairWith = (id: string) => `To change this: --repair ${id}`;

const fill = (sentence: string, values: Readonly<Record<string, string>>) =>
  sentence.replace(/\{\{(\w+)\}\}/g, (_all, name: string) => values[name] ?? '');
