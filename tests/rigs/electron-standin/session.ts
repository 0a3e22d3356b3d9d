import type { Session } from 'electron';
import type { CDPSession } from 'playwright';
import { protocol } from './protocol.ts';
import { setDisplayMediaRequestHandler } from './screens.ts';

type CheckHandler = Parameters<Session['setPermissionCheckHandler']>[0];
type RequestHandler = Parameters<Session['setPermissionRequestHandler']>[0];
const handlers: { check: CheckHandler; request: RequestHandler } = { check: null, request: null };

/** What Chromium calls a permission, and what Electron calls it. */
const permissions = [
  ['geolocation', 'geolocation'],
  ['notifications', 'notifications'],
  ['camera', 'media'],
  ['microphone', 'media'],
  ['midi', 'midi'],
  ['clipboard-read', 'clipboard-read'],
  ['clipboard-write', 'clipboard-sanitized-write'],
  ['display-capture', 'display-capture'],
] as const;

/** Asks the application's handlers once for each permission, for the page of this address. */
export async function decidePermissions(session: CDPSession, requestingUrl: string): Promise<void> {
  for (const [name, electronName] of permissions) {
    const isGranted = isPermitted(electronName, { isMainFrame: true, requestingUrl });
    await session.send('Browser.setPermission', { permission: { name }, setting: isGranted ? 'granted' : 'denied' });
  }
}

type PermissionName = (typeof permissions)[number][1];
interface Asker {
  readonly isMainFrame: boolean;
  readonly requestingUrl: string;
}

/**
 * Without handlers everything is granted, which is Electron's default. There one handler answers who asks what is granted, the other who asks to be
 * granted it; here a page cannot be given two answers, so both must give the same.
 */
export function isPermitted(name: PermissionName, asker: Asker): boolean {
  const [checked, requested] = [handlers.check === null || isChecked(name, asker), handlers.request === null || isRequested(name, asker)];
  if (checked !== requested) throw new Error(`stand-in: ${name} is granted by one handler and denied by the other`);
  return checked;
}

function isChecked(name: PermissionName, asker: Asker): boolean {
  return handlers.check?.(null, name, new URL(asker.requestingUrl).origin, asker) ?? true;
}

function isRequested(name: PermissionName, asker: Asker): boolean {
  const outcome = { isGranted: false };
  // The handler decides by name and details; whatever else it looks at, the stand-in cannot give.
  const ask = handlers.request as ((contents: null, name: string, answer: (isGranted: boolean) => void, details: object) => void) | null;
  ask?.(null, name, (isGranted) => Object.assign(outcome, { isGranted }), asker);
  return outcome.isGranted;
}

export const session = {
  defaultSession: {
    protocol,
    setPermissionCheckHandler(handler: CheckHandler): void {
      handlers.check = handler;
    },
    setPermissionRequestHandler(handler: RequestHandler): void {
      handlers.request = handler;
    },
    setDisplayMediaRequestHandler,
    setDevicePermissionHandler(_handler: unknown): void {},
  },
};
