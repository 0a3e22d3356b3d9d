import type { Session } from 'electron';
import type { CDPSession } from 'playwright';
import { protocol } from './protocol.ts';

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
] as const;

/** Asks the application's handlers once for each permission; without handlers everything is granted, which is Electron's default. */
export async function decidePermissions(session: CDPSession): Promise<void> {
  for (const [name, electronName] of permissions) {
    const isGranted = (handlers.check === null || isChecked(electronName)) && (handlers.request === null || isRequested(electronName));
    await session.send('Browser.setPermission', { permission: { name }, setting: isGranted ? 'granted' : 'denied' });
  }
}

type PermissionName = (typeof permissions)[number][1];

function isChecked(name: PermissionName): boolean {
  return handlers.check?.(null, name, 'app://stand-in', { isMainFrame: true }) ?? true;
}

function isRequested(name: PermissionName): boolean {
  const outcome = { isGranted: false };
  // The handler decides by name alone; whatever else it looks at, the stand-in cannot give.
  const ask = handlers.request as ((contents: null, name: string, answer: (isGranted: boolean) => void, details: object) => void) | null;
  ask?.(null, name, (isGranted) => Object.assign(outcome, { isGranted }), {});
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
    setDevicePermissionHandler(_handler: unknown): void {},
  },
};
