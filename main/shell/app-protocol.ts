import { protocol } from 'electron';

/** Where the interface lives in the window. A scheme of our own, because file:// pages are all of one origin. */
export const appUrl = 'app://paperplane/';

interface ServedFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

export interface AppProtocolOptions {
  /** The built file that a path of the interface names; null where there is none. Must not let a path lead out of its folder. */
  readonly readFile: (urlPath: string) => Promise<ServedFile | null>;
  /** For every answer: the content security policy and its like. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Must be called before Electron is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true } }]);
}

/** Answers requests for `app://paperplane/...` from the built interface, and every other host or method with 404. */
export function serveApp({ readFile, headers }: AppProtocolOptions): void {
  protocol.handle('app', async ({ method, url }) => {
    const file = method === 'GET' && url.startsWith(appUrl) ? await readFile(new URL(url).pathname) : null;
    if (file === null) return new Response('Not found', { status: 404, headers: { ...headers, 'Content-Type': 'text/plain' } });
    return new Response(file.bytes, { headers: { ...headers, 'Content-Type': file.type } });
  });
}
