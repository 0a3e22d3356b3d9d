import type { Traffic } from '../../preload/contract.ts';
import type { Meter } from './relay.ts';

const historySeconds = 60;

export const noTraffic: Traffic = { connections: 0, upBytesPerSecond: 0, downBytesPerSecond: 0, upBytes: 0, downBytes: 0, history: [] };

/** The figures one second (`elapsedMs`) after `before`. Pure. */
export function nextTraffic(before: Traffic, meter: Meter, elapsedMs: number): Traffic {
  const perSecond = (bytes: number) => Math.round((bytes * 1000) / Math.max(1, elapsedMs));
  const upBytesPerSecond = perSecond(meter.upBytes - before.upBytes);
  const downBytesPerSecond = perSecond(meter.downBytes - before.downBytes);
  return {
    connections: meter.connections,
    upBytesPerSecond,
    downBytesPerSecond,
    upBytes: meter.upBytes,
    downBytes: meter.downBytes,
    history: [...before.history, [upBytesPerSecond, downBytesPerSecond] as const].slice(-historySeconds),
  };
}
