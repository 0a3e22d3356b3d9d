import { withDeadline } from '../../main/engine/deadline.ts';
import { errorCode } from '../../main/engine/errors.ts';
import type { Destination } from '../../main/engine/outbound.ts';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { probe } from '../../main/engine/selection/probe.ts';
import { serverCertificate } from './certificates.ts';
import { defineWay, soon, type Way } from './connecting.ts';
import { startHttpOrigin } from './origin.ts';

/** What a probe through the proxy says, which is what a person is told; it waits as long as this. */
export async function verdict(way: Way, proxy: Destination, deadlineMs = 2000): Promise<string> {
  await using origin = await startHttpOrigin({ certificate: serverCertificate });
  const client = defineWay(way, proxy).createClient(createDirect());
  const url = new URL(`https://localhost:${origin.port}/`);
  return await withDeadline((signal) => probe(client, url, signal), deadlineMs, soon()).then(() => 'works', errorCode);
}
