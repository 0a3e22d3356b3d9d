/** A program that has just started imports a Clash list of 50,000 proxies: how long until all are on the disk. Prints its figures as JSON. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pino } from 'pino';
import { createEngine } from '../../main/engine/engine.ts';
import { platformOn } from '../rigs/data-folder.ts';

const resolutionMs = 1;
const id = 'b831381d-6324-4d53-ad4f-8cda48b30811';
const kinds = [
  (i: number) => `type: trojan, password: pw${i}, sni: s${i}.example.com, network: ws, ws-opts: {path: /p}`,
  (i: number) => `type: ss, cipher: aes-256-gcm, password: pw${i}`,
  (i: number) =>
    `type: vmess, uuid: ${id}, alterId: 0, cipher: auto, tls: true, network: ws, ws-opts: {path: /p, headers: {Host: e${i}.example.com}}`,
  (i: number) => `type: vless, uuid: ${id}, tls: true, servername: s${i}.example.com`,
];
// Nobody answers there, at once: what follows an import is in the figures too.
const node = (i: number) => `  - {name: "N ${i}", server: 127.1.${i >> 8}.${i & 255}, port: 9, ${kinds[i % kinds.length]?.(i)}}`;
const text = `proxies:\n${Array.from({ length: 50_000 }, (_, i) => node(i)).join('\n')}\n`;

const folder = mkdtempSync(join(tmpdir(), 'paperplane-bench-'));
const engine = createEngine({
  platform: platformOn(join(folder, 'data')),
  listen: { host: '127.0.0.1', port: 0 },
  probes: ['http://127.0.0.1:9/'],
  log: pino({ level: 'silent' }),
});
await engine.start();
const delay = monitorEventLoopDelay({ resolution: resolutionMs });
delay.enable();
const started = performance.now();
const { added } = await engine.commands.importText({ text });
const figures = { added, totalMs: performance.now() - started, delayMs: delay.percentile(99) / 1e6 - resolutionMs };
await engine.stop();
rmSync(folder, { recursive: true });
console.log(JSON.stringify(figures));
