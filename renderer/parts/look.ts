import type { AppState, Status } from '../../preload/contract.ts';

export type Tone = 'good' | 'wait' | 'bad' | 'still';

/** What the person is told at one glance. */
export interface Look {
  readonly state: Status | 'lost';
  readonly tone: Tone;
}

const tones: Readonly<Record<Look['state'], Tone>> = {
  starting: 'wait',
  'no-proxies': 'still',
  testing: 'wait',
  ready: 'good',
  blocked: 'bad',
  offline: 'bad',
  'captive-portal': 'wait',
  stopped: 'bad',
  lost: 'bad',
};

const looks = Object.fromEntries(Object.entries(tones).map(([state, tone]) => [state, { state, tone }])) as Record<Look['state'], Look>;

/** Lost contact counts more than the last known state: what we cannot see we do not claim. */
export function lookOf(state: AppState | null, contact: 'none' | 'held' | 'lost'): Look {
  return looks[contact === 'lost' ? 'lost' : (state?.status ?? 'starting')];
}
