import { readFileSync } from 'node:fs';
import { text as readText } from 'node:stream/consumers';
import tls from 'node:tls';
import { SocksClient } from 'socks';
import { authorityFile, serverCertificate } from '../../rigs/certificates.ts';
import { startLab } from '../../rigs/lab.ts';
import type { Rig } from '../../rigs/loopback-server.ts';
import { startHttpOrigin } from '../../rigs/origin.ts';
import { type Program, startProgram } from './program.ts';
import { login, ms, type Row, roundTripMs } from './row.ts';
import { median } from './statistics.ts';

const ca = readFileSync(authorityFile, 'utf8');
const requests = 20;

/** The best proxy resets every connection that begins with a ClientHello, as some censors do. Real TLS, certificates checked. */
export async function censored(site: Rig): Promise<Row[]> {
  await using origin = await startHttpOrigin({ certificate: serverCertificate });
  await using lab = await startLab([{ roundTripMs, fault: 'reset-on-client-hello' }, { roundTripMs: 3 * roundTripMs }], { login });
  await using program = await startProgram(
    lab.proxies.map(({ link }) => link),
    site,
  );
  await program.state(({ proxies, testing }) => proxies.working === 2 && testing === null);
  const first = await page(program, origin).catch(() => null);
  const others = await Promise.all(Array.from({ length: requests - 1 }, () => page(program, origin).catch(() => null)));
  const good = [first, ...others].filter((took) => took !== null);
  return [
    {
      what: 'Proxy that accepts and then resets on the ClientHello',
      must: '0 TLS requests fail',
      measured: `${requests - good.length} of ${requests} fail, whole page ${first === null ? 'failed' : ms(first)} at first, median ${ms(median(good))}`,
      isMet: good.length === requests,
    },
  ];
}

async function page({ endpoint }: Program, { host, port }: { host: string; port: number }): Promise<number> {
  const startedMs = performance.now();
  const { socket } = await SocksClient.createConnection({
    proxy: { ...endpoint, type: 5 },
    command: 'connect',
    destination: { host, port },
  });
  const secure = tls.connect({ socket, host, ca });
  secure.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  if (!(await readText(secure)).includes('hello from the origin')) throw new Error('another page');
  return performance.now() - startedMs;
}
