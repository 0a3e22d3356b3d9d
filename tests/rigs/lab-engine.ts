import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import tls from 'node:tls';
import { pino } from 'pino';
import { SocksClient } from 'socks';
import { createEngine, type EngineOptions } from '../../main/engine/engine.ts';
import type { AppState } from '../../preload/contract.ts';
import { platformOn } from './data-folder.ts';
import type { LabProxy } from './lab.ts';
import { startServer } from './loopback-server.ts';
import { patienceMs } from './patience.ts';
import { readUntil } from './streams.ts';
import { until } from './until.ts';

/** A test address, as probes want it: nothing but 204. */
async function startProbeSite(): Promise<AsyncDisposable & { readonly url: string }> {
  const rig = await startServer(async (socket) => {
    await readUntil(socket, '\r\n\r\n');
    socket.end('HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n');
  });
  return { url: `http://${rig.host}:${rig.port}/generate_204`, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
}

/** A running engine that knows these proxies and has a test address of its own; used from outside: endpoint, commands, state. */
export async function startLabEngine(proxies: readonly Pick<LabProxy, 'link'>[], options: Pick<EngineOptions, 'directChecks'> = {}) {
  const site = await startProbeSite();
  const folder = await mkdtemp(join(tmpdir(), 'paperplane-lab-'));
  const platform = platformOn(join(folder, 'data'));
  const listen = { host: '127.0.0.1', port: 0 };
  const engine = createEngine({ platform, listen, probes: [site.url], log: pino({ level: 'silent' }), ...options });
  const endpoint = await engine.start();
  await engine.commands.importText({ text: proxies.map(({ link }) => link).join('\n') });

  return {
    commands: engine.commands,
    wake: engine.wake,
    endpoint,
    traffic: () => engine.store.getState().traffic,
    /** The first state from now on that `matches`. Rejects where none comes. */
    async state(matches: (state: AppState) => boolean): Promise<AppState> {
      const { promise, resolve, reject } = Promise.withResolvers<AppState>();
      const look = (state: AppState) => {
        if (matches(state)) resolve(state);
      };
      const patience = setTimeout(() => reject(new Error(`no such state: ${JSON.stringify(engine.store.getState())}`)), patienceMs);
      const unsubscribe = engine.store.subscribe(look);
      look(engine.store.getState());
      return promise.finally(() => {
        clearTimeout(patience);
        unsubscribe();
      });
    },
    /** The row of a proxy of the lab. */
    async row({ host, port }: LabProxy) {
      const { rows } = await engine.commands.listProxies({ offset: 0, limit: 500 });
      const row = rows.find(({ address }) => address === `${host}:${port}`);
      if (row === undefined) throw new Error('no such row');
      return row;
    },
    /** Probes this proxy of the lab. Resolves when the result is there. */
    async probe(proxy: LabProxy): Promise<void> {
      const { id, testedAt } = await this.row(proxy);
      await engine.commands.testProxies({ ids: [id] });
      await until(async () => (await this.row(proxy)).testedAt !== testedAt);
    },
    /** What switches there were, oldest first: why, what the one before had done, and to which proxy of the lab. */
    async switches() {
      const switches = await engine.commands.listSwitches({});
      return switches.toReversed().map(({ reason, code, to }) => [reason, code, to?.label ?? null] as const);
    },
    /** One page, on a connection of its own. Resolves with the status and the body. */
    async get(url: string): Promise<{ status: number; body: string }> {
      const sent = request({ ...endpoint, path: url, headers: { Host: new URL(url).host, Connection: 'close' }, agent: false });
      const [response] = await once(sent.end(), 'response');
      return { status: response.statusCode, body: await readText(response) };
    },
    /** One page over TLS, whose certificate is checked against `ca`. Resolves with the whole answer. */
    async getSecurely({ host, port }: { host: string; port: number }, ca: string): Promise<string> {
      const proxy = { ...endpoint, type: 5 as const };
      const { socket } = await SocksClient.createConnection({ proxy, command: 'connect', destination: { host, port } });
      const secure = tls.connect({ socket, host, ca });
      secure.setTimeout(patienceMs, () => secure.destroy(new Error('no answer')));
      secure.write(`GET / HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: close\r\n\r\n`);
      return await readText(secure);
    },
    async [Symbol.asyncDispose]() {
      await engine.stop();
      await site[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
