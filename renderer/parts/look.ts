import type { AppState, Status } from '../../preload/contract.ts';

export type Tone = 'good' | 'wait' | 'bad' | 'still';

/** What the person is told at one glance. */
export interface Look {
  readonly state: Status | 'paused' | 'lost';
  readonly tone: Tone;
}

const tones: Readonly<Record<Look['state'], Tone>> = {
  starting: 'wait',
  'no-proxies': 'still',
  testing: 'wait',
  paused: 'wait',
  ready: 'good',
  blocked: 'bad',
  offline: 'bad',
  'captive-portal': 'wait',
  stopped: 'bad',
  lost: 'bad',
};

const looks = Object.fromEntries(Object.entries(tones).map(([state, tone]) => [state, { state, tone }])) as Record<Look['state'], Look>;

/** Lost contact counts more than the last known state: what we cannot see we do not claim. Nor that we look for a way out when told to stop. */
export function lookOf(state: AppState | null, contact: 'none' | 'held' | 'lost'): Look {
  if (contact === 'lost') return looks.lost;
  if (state === null) return looks.starting;
  return looks[state.status === 'testing' && state.testing === null ? 'paused' : state.status];
}
