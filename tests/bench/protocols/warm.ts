import net from 'node:net';
import { defineWay } from '../../rigs/connecting.ts';
import { DelayLine } from '../../rigs/delay-line.ts';
import { type Rig, startServer } from '../../rigs/loopback-server.ts';
import { missing, temporaryFolder } from '../../rigs/programs.ts';
import { type SchemeName, type StreamName, startV2ray, v2rayWay } from '../../rigs/v2ray.ts';
import type { Origins } from '../load.ts';
import { startLoad, startPaperplane } from '../programs.ts';
import { verdict } from '../verdict.ts';

const roundTripMs = 100;
/** Until traffic has shown how many tunnels must wait. */
const learningMs = 5000;
const measuredMs = 5000;
const machineShare = 0.1; // of a round trip: what the machine itself needs is no round trip

/** Each over something that says hello: nothing here delays the handshake of TCP alone, and tunnels that open at once do not wait. */
const ways: readonly (readonly [title: string, scheme: SchemeName, stream: StreamName])[] = [
  ['Shadowsocks over WebSocket', 'ss', 'ws'],
  ['Trojan over TLS', 'trojan', 'tls'],
  ['VLESS over WebSocket and TLS', 'vless', 'ws+tls'],
  ['VMess over WebSocket', 'vmess', 'ws'],
];

/** The table of what Paperplane adds to the way through a proxy that is far away, while there is traffic. The way itself is one round trip. */
export async function warmTable(origins: Origins): Promise<string> {
  const lines: string[] = [];
  for (const [title, scheme, stream] of missing('v2ray') ? [] : ways) {
    const added = (await firstByteMs(scheme, stream, origins)) / roundTripMs - 1;
    lines.push(`| ${title} | ${added.toFixed(2)} | 0 | ${verdict(added < machineShare)} |`);
    console.error(`${title}, far away: measured`);
  }
  return `| Added to a way of ${roundTripMs} ms by waiting tunnels, in round trips | Paperplane | must | verdict |
| --- | ---: | --- | --- |
${lines.join('\n')}

Below ${machineShare} none is added: that is the machine's own time.
`;
}

async function firstByteMs(scheme: SchemeName, stream: StreamName, origins: Origins): Promise<number> {
  await using folder = await temporaryFolder();
  await using server = await startV2ray(folder.path, scheme, stream);
  await using path = await startLongPath(server.port);
  await using load = startLoad();
  const { link } = defineWay(v2rayWay(scheme, stream), path);
  await using paperplane = await startPaperplane(link, `http://127.0.0.1:${origins.get}/generate_204`);
  const run = (durationMs: number) => load.run({ measure: 'firstByte', port: paperplane.port, origins, durationMs });
  await run(learningMs);
  return (await run(measuredMs)).figure;
}

/** Leads to a port of this computer as if that were far away. */
function startLongPath(port: number): Promise<Rig> {
  return startServer((near) => {
    const far = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true }).on('error', () => near.destroy());
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      const line = new DelayLine();
      const later = (act: () => void) => line.push(roundTripMs / 2, act);
      from.on('data', (bytes) => later(() => to.write(bytes)));
      from.on('end', () => later(() => to.end()));
      from.on('close', () => later(() => to.destroy()));
    }
  });
}
