import { lookup } from 'node:dns/promises';
import type { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Change, Finding, Unchecked } from '../../../preload/diagnosis.ts';
import { clockError, type WayOut } from './clock.ts';
import { type Verdict, withId } from './suspect.ts';

export interface NetworkParts {
  readonly platform: NodeJS.Platform;
  readonly readInterfaces: typeof networkInterfaces;
  /** A way out through a proxy that works; null where there is none. */
  readonly wayOut: (signal: AbortSignal) => Promise<WayOut | null>;
  readonly isDirectAllowed: boolean;
  /** What one direct connection shows; only called where it is allowed. */
  readonly checkDirectly: (signal: AbortSignal) => Promise<'online' | 'offline' | 'captive-portal'>;
  /** Answers plain HTTP with the time. */
  readonly timeUrl: URL;
  /** Names of large sites, of which any name server knows at least one. */
  readonly names: readonly string[];
}

const lookupPatienceMs = 5000;

/** Whether this computer's clock, name server and network are what programs need. */
export async function checkNetwork(parts: NetworkParts, signal: AbortSignal): Promise<Verdict> {
  if (!hasNetwork(parts.readInterfaces())) return { repairables: [asFound({ code: 'offline', change: null })], unchecked: [] };
  const [clock, way] = await Promise.all([checkClock(parts, signal), checkWay(parts, signal)]);
  const both = [...clock, ...way];
  return {
    repairables: both.filter((one) => 'code' in one).map(asFound),
    unchecked: both.filter((one) => 'check' in one),
  };
}

type Result = Omit<Finding, 'id'> | Unchecked;
const asFound = (finding: Omit<Finding, 'id'>) => ({ finding: withId(finding), repair: null });

function hasNetwork(interfaces: ReturnType<typeof networkInterfaces>): boolean {
  return Object.values(interfaces).some((addresses) => addresses?.some(({ internal }) => !internal));
}

/** Through the proxies where one works: it is asked for nothing but a page that every browser asks for. */
async function checkClock({ wayOut, isDirectAllowed, timeUrl, platform }: NetworkParts, signal: AbortSignal): Promise<readonly Result[]> {
  const proxy = await wayOut(signal);
  if (proxy === null && !isDirectAllowed) return [{ check: 'clock', why: 'direct-not-allowed' }];
  const seconds = await clockError(timeUrl, proxy, signal);
  if (seconds === null) return [{ check: 'clock', why: 'no-answer' }];
  return seconds === 0 ? [] : [{ code: 'clock-wrong', seconds, change: settingTheClock(platform) }];
}

function settingTheClock(platform: NodeJS.Platform): Change {
  const commands: Partial<Record<NodeJS.Platform, string>> = { win32: 'w32tm /resync', darwin: 'sudo sntp -sS time.apple.com' };
  return { kind: 'command', command: commands[platform] ?? 'sudo timedatectl set-ntp true', why: 'system' };
}

/** Names are looked up only where the network leads somewhere: a login page's network answers them as it likes. */
async function checkWay({ isDirectAllowed, checkDirectly, names }: NetworkParts, signal: AbortSignal): Promise<readonly Result[]> {
  if (!isDirectAllowed) return (['captive-portal', 'dns'] as const).map((check) => ({ check, why: 'direct-not-allowed' }));
  const verdict = await checkDirectly(signal);
  if (verdict !== 'online') return [{ code: verdict, change: null }];
  return (await isAnyKnown(names, signal)) ? [] : [{ code: 'no-dns', change: null }];
}

/** Asks the system as every program does. It cannot be told to stop, only be left alone. */
async function isAnyKnown(names: readonly string[], signal: AbortSignal): Promise<boolean> {
  const given = new AbortController();
  const patience = sleep(lookupPatienceMs, false, { signal: AbortSignal.any([signal, given.signal]) });
  try {
    const lookups = Promise.any(names.map((name) => lookup(name).then(() => true)));
    return await Promise.race([lookups, patience]);
  } catch {
    return false;
  } finally {
    given.abort();
    patience.catch(() => {});
  }
}
