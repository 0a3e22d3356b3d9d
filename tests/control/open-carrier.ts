import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { mock } from 'node:test';
import { pino } from 'pino';
import { startHttpCarrier } from '../../main/control/http-carrier.ts';
import { createEngine } from '../../main/engine/engine.ts';
import type { AppState } from '../../preload/contract.ts';
import { platformOn } from '../rigs/data-folder.ts';

export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export const indexPage = '<!doctype html><title>the interface</title><script type="module" src="/assets/app-1_x.js"></script>';

/** A temporary folder with a small built interface in it, in `renderer`, and a file beside that. */
async function openFolder() {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'paperplane-control-'));
  const files = path.join(folder, 'renderer');
  await mkdir(path.join(files, 'assets'), { recursive: true });
  await writeFile(path.join(files, 'index.html'), indexPage);
  await writeFile(path.join(files, 'assets/app-1_x.js'), 'document.title = "running";');
  await writeFile(path.join(files, '.env'), 'hidden');
  await writeFile(path.join(folder, 'secret.txt'), 'outside');
  return { folder, files, remove: () => rm(folder, { recursive: true }) };
}

/** A started engine that keeps its data in the folder. */
async function startEngine(folder: string) {
  const engine = createEngine({
    platform: platformOn(path.join(folder, 'data')),
    listen: { host: '127.0.0.1', port: 0 },
    probes: ['http://127.0.0.1:9/'],
    log: pino({ level: 'silent' }),
  });
  await engine.start();
  return engine;
}

/** A running carrier on a free port, with its engine and files; `await using` closes all. `login` exchanges the token for a cookie. */
export async function openCarrier({ host = '127.0.0.1' }: { host?: string } = {}) {
  const failures: unknown[] = [];
  const { folder, files, remove } = await openFolder();
  const engine = await startEngine(folder);
  const carrier = await startHttpCarrier({
    engine,
    host,
    port: 0,
    files,
    log: (what, error) => failures.push([what, error]),
  });
  const { origin, host: authority, port, searchParams } = new URL(carrier.url);
  const token = searchParams.get('token') ?? '';
  const login = async () => {
    const answer = await request(Number(port), { path: `/?token=${token}` });
    assert.equal(answer.status, 303);
    return String(answer.headers['set-cookie']).split(';')[0] ?? '';
  };
  return {
    ...carrier,
    engine,
    folder,
    files,
    origin,
    authority,
    port: Number(port),
    token,
    login,
    async [Symbol.asyncDispose]() {
      await carrier.close();
      await engine.stop();
      await remove();
      assert.deepEqual(failures, []);
    },
  };
}
export type OpenCarrier = Awaited<ReturnType<typeof openCarrier>>;

/** One request on a connection of its own, with exactly these headers and a true Host. */
export function request(port: number, options: http.RequestOptions & { body?: string | Buffer } = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { body, ...rest } = options;
    const sent = http.request({ host: '127.0.0.1', port, agent: false, ...rest }, (response) => {
      const { statusCode: status = 0, headers } = response;
      readText(response).then((body) => resolve({ status, headers, body }), reject);
    });
    sent.on('error', reject).end(body);
  });
}

/** What our own page sends with a call. */
export const callHeaders = (carrier: OpenCarrier, cookie: string) => ({
  Cookie: cookie,
  Origin: carrier.origin,
  'Content-Type': 'application/json',
  'Sec-Fetch-Site': 'same-origin',
});

/** Arguments of changeSettings, whose effect shows in the state. */
export const change = '{"claimTelegramLinks":true}';

/** A call of changeSettings as our own page makes it, but for what `different` says. */
export function call(carrier: OpenCarrier, cookie: string, different: http.RequestOptions & { body?: string | Buffer } = {}) {
  return request(carrier.port, {
    method: 'POST',
    path: '/api/call/changeSettings',
    body: change,
    ...different,
    headers: { ...callHeaders(carrier, cookie), ...(different.headers as http.OutgoingHttpHeaders) },
  });
}

/** The page's EventSource: `next` gives the next state, or what else comes; `nextWhere` waits for a certain one. */
export async function openStream(carrier: OpenCarrier, cookie: string) {
  const sent = http.get({ host: '127.0.0.1', port: carrier.port, path: '/api/state', agent: false, headers: { Cookie: cookie } });
  const [response] = (await once(sent, 'response')) as [http.IncomingMessage];
  const lines = response.setEncoding('utf8').iterator({ destroyOnReturn: false });
  let text = '';
  const next = async (): Promise<AppState | 'heartbeat' | 'end'> => {
    while (!text.includes('\n\n')) {
      const { value, done } = await lines.next();
      if (done) return 'end';
      text += value;
    }
    const event = text.slice(0, text.indexOf('\n\n'));
    text = text.slice(event.length + 2);
    return event === ':' ? 'heartbeat' : JSON.parse(event.replace(/^data: /, ''));
  };
  const nextWhere = async (matches: (state: AppState) => boolean) => {
    for (;;) {
      const state = await next();
      assert.notEqual(state, 'end');
      if (typeof state === 'object' && matches(state)) return state;
    }
  };
  return { response, next, nextWhere, close: () => sent.destroy() };
}

/** Takes the time into the test's hand, until disposed of. Take it after opening what has timers of its own. */
export function stopClock(...apis: ('setTimeout' | 'setInterval')[]) {
  mock.timers.enable({ apis });
  return { [Symbol.dispose]: () => mock.timers.reset() };
}

/** Writes these bytes and gives all that comes back until the server closes. */
export function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = net.connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('close', () => resolve(received)).on('error', reject);
  });
}

/** Lines like in RFC 9112, closed by an empty one. */
export const head = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;
export const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);

/** A refusal tells nothing: no page of ours, no state, no cookie, no CORS header, and all the headers that keep other sites out. */
export function assertRefused(answer: Answer, status: number, what = ''): void {
  assert.equal(answer.status, status, what);
  assert.doesNotMatch(answer.body, /the interface|"version"|hidden|outside|"value"/, what);
  assert.equal(answer.headers['set-cookie'], undefined, what);
  assertClosedHeaders(answer);
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

export function assertClosedHeaders({ headers }: Answer): void {
  assert.deepEqual(
    Object.keys(headers).filter((name) => name.startsWith('access-control')),
    [],
  );
  assert.equal(headers['content-security-policy'], policy); // one word more could open it
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['referrer-policy'], 'no-referrer');
  assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
  assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
  assert.equal(headers['cache-control'], 'no-store');
}

/** No attack that sent `change` got through. */
export const assertUntouched = ({ engine }: OpenCarrier) => assert.equal(engine.store.getState().settings.claimTelegramLinks, false);
