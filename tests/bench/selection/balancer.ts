import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Lab, startLab } from '../../rigs/lab.ts';
import type { Rig } from '../../rigs/loopback-server.ts';
import { missing, startProgram as startServer, temporaryFolder } from '../../rigs/programs.ts';
import { failures, load, request, type Sample } from './load.ts';
import { startProgram } from './program.ts';
import { login, type Row, roundTripMs } from './row.ts';
import { httpRequest } from './site.ts';

const perSecond = 20;
const durationMs = 5000;

/** Four proxies, one of them dead: v2ray's balancer (random, without health checks) and ours, with the same requests. */
export async function balancer(site: Rig): Promise<Row[]> {
  const [dead, alive] = [{ fault: 'refuse' }, { roundTripMs }] as const;
  await using lab = await startLab([alive, dead, alive, alive], { login });
  const ours = await throughProgram(lab, site);
  const absent = missing('v2ray');
  const theirs = absent ? null : await throughV2ray(lab, site);
  return [
    {
      what: `Four outbounds, one dead: ${absent ? "v2ray's balancer" : versionOfV2ray()}`,
      must: 'loses some',
      measured: theirs === null ? `not run: ${absent}` : lost(theirs),
      isMet: null,
    },
    { what: 'Four outbounds, one dead: Paperplane', must: '0 fail', measured: lost(ours), isMet: failures(ours) === 0 },
  ];
}

const lost = (samples: readonly Sample[]) => `${failures(samples)} of ${samples.length} fail`;

async function throughProgram(lab: Lab, site: Rig): Promise<Sample[]> {
  await using program = await startProgram(
    lab.proxies.map(({ link }) => link),
    site,
  );
  await program.state(({ proxies }) => proxies.working > 0);
  return await load(perSecond, durationMs, () => request(program.endpoint, site, httpRequest));
}

async function throughV2ray(lab: Lab, site: Rig): Promise<Sample[]> {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'v2ray.json');
  await using v2ray = await startServer(folder.path, 'v2ray', async (port) => {
    await writeFile(file, JSON.stringify(configuration(lab, port)));
    return ['-config', file];
  });
  return await load(perSecond, durationMs, () => request(v2ray, site, httpRequest));
}

function configuration(lab: Lab, port: number): object {
  const users = [{ user: login.username, pass: login.password }];
  return {
    log: { loglevel: 'none' },
    inbounds: [{ tag: 'in', listen: '127.0.0.1', port, protocol: 'http' }],
    outbounds: lab.proxies.map(({ host, port }, index) => ({
      tag: `out-${index}`,
      protocol: 'socks',
      settings: { servers: [{ address: host, port, users }] },
    })),
    routing: {
      rules: [{ type: 'field', inboundTag: ['in'], balancerTag: 'balancer' }],
      balancers: [{ tag: 'balancer', selector: ['out-'] }],
    },
  };
}

function versionOfV2ray(): string {
  const [name, version] = execFileSync('v2ray', ['-version'], { encoding: 'utf8' }).split(' ');
  return `${name} ${version}, balancer`;
}
