/** The applications of the benchmark, in a process of their own. Each message is a Task; each answer is its Result. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export type Measure = 'download' | 'upload' | 'connections' | 'firstByte';
export interface Task {
  readonly measure: Measure;
  readonly port: number;
  readonly durationMs: number;
  /** Where the destinations are, for proxies that really connect: the port of each on loopback. Without it, they are names. */
  readonly origins?: Origins;
}
export type Origins = Readonly<Record<'download' | 'upload' | 'get', number>>;
/**
 * `figure` in MB/s, connections a second, or ms; `done` is what was carried: gigabytes, or thousands of connections; `lost` are connections that
 * got no answer.
 */
export interface Result {
  readonly figure: number;
  readonly done: number;
  readonly lost?: number;
}
/** In place of a Result. */
export interface Failure {
  readonly error: string;
}

/** Whoever says nothing for so long says nothing any more. */
const silenceMs = 3000;
/**
 * Who has not begun to answer after so long does not answer, and who is still waited for at the end has half of it left. It happens: of a thousand
 * new VMess requests v2ray's filter takes one or two for repeated ones, and is silent to them for four seconds.
 */
const answerMs = 1000;
const mostTries = 3; // for a download that does not begin

const atOnce = 32;
const get = Buffer.from('GET / HTTP/1.1\r\nHost: get\r\n\r\n');
const block = Buffer.alloc(256 * 1024, 'paperplane');
const readBuffer = Buffer.alloc(512 * 1024);

process.on('message', async (task: Task) => {
  const result = await measures[task.measure](task).catch((error: Error): Failure => ({ error: error.message }));
  process.send?.(result);
});

const measures: Record<Measure, (task: Task) => Promise<Result>> = {
  async download(task) {
    for (let tries = 1; ; tries++) {
      const result = await download(task);
      if (result.done > 0) return result;
      if (tries === mostTries) throw new Error('no download began');
    }
  },
  async upload({ port, durationMs, origins }) {
    let answer = '';
    const started = performance.now();
    const socket = openTunnel(
      port,
      requestFor('upload', origins),
      () => send(),
      (length) => {
        answer += readBuffer.toString('latin1', 0, length);
      },
    );
    const send = () => {
      while (performance.now() - started < durationMs) if (!socket.write(block) && socket.writableLength > 0) return;
      if (!socket.writableEnded) socket.end();
    };
    socket.on('drain', send);
    await once(socket, 'close');
    return rate(Number(answer) / 1e9, started, 1e3);
  },
  async connections({ port, durationMs, origins }) {
    let [done, lost] = [0, 0];
    const started = performance.now();
    let last = started; // of those that were answered: the others end late
    const worker = async () => {
      while (performance.now() - started < durationMs) {
        const ms = await fetchOnce(port, origins, started + durationMs + answerMs / 2).catch(() => null);
        if (ms === null) lost++;
        else {
          done++;
          last = performance.now();
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    if (done === 0) throw new Error('no connection was answered');
    return { figure: (done * 1000) / (last - started), done: done / 1e3, lost };
  },
  async firstByte({ port, durationMs, origins }) {
    const started = performance.now();
    const times: number[] = [];
    let lost = 0;
    while (performance.now() - started < durationMs) {
      const ms = await fetchOnce(port, origins, started + durationMs + answerMs / 2).catch(() => null);
      if (ms === null) lost++;
      else times.push(ms);
    }
    if (times.length === 0) throw new Error('no connection was answered');
    return { figure: times.sort((a, b) => a - b)[times.length >> 1] ?? 0, done: 0, lost };
  },
};

/** Rejects where it breaks or stops after it has begun. */
async function download({ port, durationMs, origins }: Task): Promise<Result> {
  let bytes = 0;
  const started = performance.now();
  const begin = () => socket.write(get); // v2ray's Trojan client says nothing to its server before the application has spoken
  const socket: Socket = openTunnel(port, requestFor('download', origins), begin, (length) => {
    if (bytes === 0) socket.setTimeout(silenceMs);
    bytes += length;
    if (performance.now() - started >= durationMs) socket.destroy();
  });
  socket.setTimeout(answerMs);
  await once(socket, 'close').catch((error) => bytes > 0 && Promise.reject(error));
  if (bytes > 0 && performance.now() - started < durationMs) throw new Error('the download ended early');
  return rate(bytes / 1e9, started, 1e3);
}

/** What was `done` since `started`, and how much of it a second, times `scale`. */
function rate(done: number, started: number, scale: number): Result {
  return { figure: (done * scale * 1000) / (performance.now() - started), done };
}

/**
 * A whole small request: connect, ask, get, close. Resolves with the milliseconds to the first byte of the answer; rejects where none comes by
 * `until`, as performance.now() tells.
 */
function fetchOnce(port: number, origins: Origins | undefined, until: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const socket: Socket = openTunnel(
      port,
      requestFor('get', origins),
      () => socket.write(get),
      () => {
        resolve(performance.now() - started);
        socket.destroy(); // the answer has no body: that was all
      },
    );
    socket.setTimeout(Math.min(answerMs, until - started));
    socket.on('error', reject).on('close', () => reject(new Error('closed')));
  });
}

/** A SOCKS5 connection, one message after the other as most applications do it; then `onBytes` is told how much has come. */
function openTunnel(port: number, request: Buffer, onOpen: () => void, onBytes: (length: number) => void): Socket {
  let stage = 0;
  const callback = (length: number) => {
    if (stage === 2) onBytes(length);
    else if (stage === 1) {
      if (readBuffer[1] !== 0) {
        socket.destroy(new Error(`SOCKS5 reply ${readBuffer[1]}`));
        return false;
      }
      stage = 2;
      onOpen();
      if (length > 10) onBytes(length - 10);
    } else {
      stage = 1;
      socket.write(request);
    }
    return true;
  };
  const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer: readBuffer, callback } });
  socket.setTimeout(silenceMs, () => socket.destroy(new Error('silence')));
  return socket.on('connect', () => socket.write(Buffer.of(5, 1, 0)));
}

function requestFor(name: keyof Origins, origins: Origins | undefined): Buffer {
  if (origins === undefined) return Buffer.from(`\x05\x01\x00\x03${String.fromCharCode(name.length)}${name}\x00\x50`, 'latin1');
  return Buffer.of(5, 1, 0, 1, 127, 0, 0, 1, origins[name] >> 8, origins[name] & 0xff);
}
