import type { CustomScheme } from 'electron';

type Handler = (request: Request) => Response | Promise<Response>;
const handlers = new Map<string, Handler>();
const privileged = new Map<string, CustomScheme['privileges']>();

/**
 * Chromium alone knows no custom schemes: `app://paperplane/x` is, inside, `https://paperplane.app.stand-in/x`, which is as standard and
 * as secure as a scheme that was registered with those privileges.
 */
const inside = '.stand-in';

export function toChromium(url: string): string {
  const [, scheme, hostname, rest] = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(.*)$/i.exec(url) ?? [];
  if (scheme === undefined || !handlers.has(scheme)) return url;
  const { standard, secure } = privileged.get(scheme) ?? {};
  if (!standard || !secure) throw new Error(`stand-in: ${scheme} must be registered as standard and secure`);
  return `https://${hostname}.${scheme}${inside}${rest}`;
}

export function fromChromium(url: string): string {
  return url.replace(/^https:\/\/([^/]+)\.([^./]+)\.stand-in(?=\/|$)/, '$2://$1');
}

/** The application's answer to a request below one of its schemes; undefined: not its scheme. */
export async function answerRequest(method: string, url: string, headers: Record<string, string>): Promise<Response | undefined> {
  const handler = handlers.get(url.slice(0, url.indexOf(':')));
  return handler?.(new Request(url, { method, headers }));
}

export const protocol = {
  registerSchemesAsPrivileged(schemes: readonly CustomScheme[]): void {
    for (const { scheme, privileges } of schemes) privileged.set(scheme, privileges);
  },
  handle(scheme: string, handler: Handler): void {
    handlers.set(scheme, handler);
  },
};

export const net = {
  /** For the application's own schemes only. */
  async fetch(url: string): Promise<Response> {
    const response = await answerRequest('GET', url, {});
    if (response === undefined) throw new Error(`stand-in: net.fetch does not go to ${url}`);
    return response;
  },
};
