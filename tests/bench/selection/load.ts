import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Flight } from './site.ts';

interface Address {
  readonly host: string;
  readonly port: number;
}

/** One request of an application. Times are those of performance.now(). */
export interface Sample {
  readonly startedMs: number;
  readonly endedMs: number;
  readonly firstByteMs: number | null; // null: it failed
}

const patienceMs = 15_000;

/** Connects to the endpoint (HTTP CONNECT), says the flight once the tunnel is there, and waits for the first byte of the answer. Never rejects. */
export function request(endpoint: Address, destination: Address, flight: Flight): Promise<Sample> {
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const target = `${destination.host}:${destination.port}`;
    const socket = connect({ ...endpoint, noDelay: true, timeout: patienceMs });
    let isThrough = false;
    let firstByteMs: number | null = null;
    socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
    socket.on('data', (bytes) => {
      if (isThrough && flight.isAnswer(bytes)) firstByteMs ??= performance.now() - startedMs;
      if (isThrough || !bytes.toString('latin1').startsWith('HTTP/1.1 200')) socket.destroy();
      else socket.write(flight.bytes);
      isThrough = true;
    });
    socket.on('timeout', () => socket.destroy()).on('error', () => {});
    socket.on('end', () => socket.destroy());
    socket.on('close', () => resolve({ startedMs, endedMs: performance.now(), firstByteMs }));
  });
}

/** So many requests a second, evenly, for so long; each has its time whatever became of the one before. Resolves when all are over. */
export async function load(perSecond: number, durationMs: number, start: () => Promise<Sample>): Promise<Sample[]> {
  const began = performance.now();
  const samples: Promise<Sample>[] = [];
  for (let count = 0; count < (perSecond * durationMs) / 1000; ) {
    for (; count < ((performance.now() - began) * perSecond) / 1000; count++) samples.push(start());
    await sleep(1);
  }
  return Promise.all(samples);
}

export const firstBytes = (samples: readonly Sample[]): number[] =>
  samples.flatMap(({ firstByteMs }) => (firstByteMs === null ? [] : [firstByteMs]));
export const failures = (samples: readonly Sample[]): number => samples.filter(({ firstByteMs }) => firstByteMs === null).length;
