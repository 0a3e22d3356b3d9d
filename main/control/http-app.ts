import type { Socket } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { StoreApi } from 'zustand/vanilla';
import type { AppState, Commands, Outcome } from '../../preload/contract.ts';
import { createDispatch, type LogFailure } from './dispatch.ts';
import { answerHeaders, readBody, refusalStatus } from './http-rules.ts';
import type { Session } from './session.ts';
import { createStateStream } from './state-stream.ts';
import { readStaticFile } from './static-files.ts';
import { usedAddressPage } from './used-address-page.ts';

const maxBodyBytes = 9 * 1024 * 1024; // a paste of 8 MiB and its JSON escapes
const maxStreams = 32;

export interface HttpAppOptions {
  readonly engine: { readonly commands: Partial<Commands>; readonly store: StoreApi<AppState> };
  readonly files: string;
  readonly authority: string; // host:port as a browser writes it
  readonly session: Session;
  readonly recognize: (socket: Socket) => void; // this connection has shown the cookie
  readonly log: LogFailure;
}

type Env = { Bindings: HttpBindings };

/** The routes of the HTTP carrier (see http-carrier.ts), without a server. `endStreams` ends all streams of states. */
export function createHttpApp(options: HttpAppOptions) {
  const app = new Hono<Env>();
  app.onError((error, c) => {
    if (!c.env.incoming.destroyed) options.log('http', error);
    return c.json({ ok: false, code: 'internal' } satisfies Outcome<never>, 500);
  });
  app.use(async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(answerHeaders)) c.res.headers.set(name, value);
  });
  app.use(async (c, next) => {
    const status = refusalStatus(c.env.incoming, options.authority);
    return status === null ? next() : refuse(c, status);
  });
  addSession(app, options);
  const endStreams = addApi(app, options);
  app.get('*', async (c) => {
    const file = await readStaticFile(options.files, c.req.path);
    if (file !== null) return c.body(file.bytes, 200, { 'Content-Type': file.type });
    if (c.req.path !== '/') return c.text('Not found', 404);
    return c.text('The interface has not been built. Run: npm run build', 503);
  });
  app.all('*', (c) => refuse(c, 405));
  return { app, endStreams };
}

/**
 * Only the holder of the cookie gets further, also for static files: they are no secret, but that Paperplane runs here is. A web page
 * that tries whether they load learns nothing, because SameSite=Strict keeps the cookie from its requests.
 */
function addSession(app: Hono<Env>, { authority, session, recognize }: HttpAppOptions): void {
  // Cookies do not tell ports apart, so the name does: two Paperplanes do not log each other out.
  const cookieName = `paperplane-${new URL(`http://${authority}`).port || 80}`;
  const hasCookie = (c: Context) => session.isCookie(getCookie(c, cookieName));
  app.get('/', async (c, next) => {
    const token = c.req.query('token');
    if (token === undefined || c.req.method !== 'GET') return next();
    const value = session.exchange(token);
    if (value !== null) setCookie(c, cookieName, value, { path: '/', httpOnly: true, sameSite: 'Strict' });
    else if (!hasCookie(c)) return next();
    return c.redirect('/', 303);
  });
  app.use(async (c, next) => {
    if (!hasCookie(c)) return isApi(c) ? refuse(c, 403) : c.html(usedAddressPage(c.req.header('Accept-Language') ?? ''), 403);
    recognize(c.env.incoming.socket);
    return next();
  });
}

/** The two verbs of the contract. Returns the function that ends all streams. */
function addApi(app: Hono<Env>, { engine, log }: HttpAppOptions): () => void {
  const dispatch = createDispatch(engine, log);
  const ends = new Set<() => void>();
  app.post('/api/call/:name', async (c) => {
    const body = await readBody(c.env.incoming, maxBodyBytes);
    if (body === null) return refuse(c, 413);
    const args = parseJson(body);
    return args === undefined ? refuse(c, 400) : c.json(await dispatch(c.req.param('name'), args));
  });
  app.get('/api/state', (c) => {
    if (c.req.method !== 'GET') return refuse(c, 405);
    if (ends.size >= maxStreams) return refuse(c, 503);
    const stream = createStateStream(engine.store, () => ends.delete(stream.end));
    ends.add(stream.end);
    // Naming the encoding makes the adapter send the head at once.
    return c.body(stream.body, 200, { 'Content-Type': 'text/event-stream', 'Transfer-Encoding': 'chunked' });
  });
  app.all('/api/*', (c) => refuse(c, c.req.path === '/api/state' || c.req.path.startsWith('/api/call/') ? 405 : 404));
  return () => {
    for (const end of [...ends]) end();
  };
}

const isApi = (c: Context) => c.req.path.startsWith('/api/');

/** Never says anything of what came in. */
function refuse(c: Context, status: 400 | 403 | 404 | 405 | 413 | 415 | 421 | 503): Response {
  if (status === 405) c.header('Allow', 'GET, HEAD, POST');
  if (!isApi(c)) return c.text('Refused', status);
  return c.json({ ok: false, code: 'bad-request' } satisfies Outcome<never>, status);
}

/** undefined when the bytes are not JSON in UTF-8 (RFC 8259). */
function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
