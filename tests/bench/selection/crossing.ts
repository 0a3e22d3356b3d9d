import { crossing, tenMinutes } from '../../rigs/ten-minutes.ts';
import type { Row } from './row.ts';

/** In a time of its own: ten minutes take a moment. */
export function twoCrossing(): Row[] {
  const switches = tenMinutes(crossing).filter(({ reason }) => reason !== 'first').length;
  return [
    {
      what: 'Two proxies whose latencies cross every 20 s by 10 %: switches in 10 minutes (simulated clock)',
      must: '<= 1',
      measured: String(switches),
      isMet: switches <= 1,
    },
  ];
}
