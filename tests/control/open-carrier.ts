import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { startHttpCarrier } from '../../main/control/http-carrier.ts';
import { EngineError } from '../../main/engine/errors.ts';
import { createStateStore, recordingCommands } from './input.ts';

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

/** A running carrier on a free port, with its engine and files; `await using` closes all. `login` exchanges the token for a cookie. */
export async function openCarrier({ host = '127.0.0.1' }: { host?: string } = {}) {
  const pinProxy = async () => {
    throw new EngineError('unknown-proxy');
  };
  const engine = { commands: recordingCommands([], { pinProxy }), store: createStateStore() };
  const failures: unknown[] = [];
  const { folder, files, remove } = await openFolder();
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
    const sent = http.request({ host: '127.0.0.1', port, agent: false, ...rest }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks).toString() });
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

/** A call as our own page makes it, changed by `change`. */
export function call(carrier: OpenCarrier, cookie: string, change: http.RequestOptions & { body?: string | Buffer } = {}) {
  return request(carrier.port, {
    method: 'POST',
    path: '/api/call/cancelTests',
    body: '{}',
    ...change,
    headers: { ...callHeaders(carrier, cookie), ...(change.headers as http.OutgoingHttpHeaders) },
  });
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
