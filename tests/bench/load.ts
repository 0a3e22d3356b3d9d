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
/** `figure` in MB/s, connections a second, or ms; `done` is what was carried: gigabytes, or thousands of connections. */
export interface Result {
  readonly figure: number;
  readonly done: number;
}

const atOnce = 32;
const get = Buffer.from('GET / HTTP/1.1\r\nHost: get\r\n\r\n');
const block = Buffer.alloc(256 * 1024, 'paperplane');
const readBuffer = Buffer.alloc(512 * 1024);

process.on('message', async (task: Task) => process.send?.(await measures[task.measure](task)));

const measures: Record<Measure, (task: Task) => Promise<Result>> = {
  async download({ port, durationMs, origins }) {
    let bytes = 0;
    const started = performance.now();
    const socket = openTunnel(port, requestFor('download', origins), ignore, (length) => {
      bytes += length;
      if (performance.now() - started >= durationMs) socket.destroy();
    });
    await once(socket, 'close');
    return rate(bytes / 1e9, started, 1e3);
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
    let done = 0;
    const started = performance.now();
    const worker = async () => {
      for (; performance.now() - started < durationMs; done++) await fetchOnce(port, origins);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return rate(done / 1e3, started, 1e3);
  },
  async firstByte({ port, durationMs, origins }) {
    const started = performance.now();
    const times: number[] = [];
    while (performance.now() - started < durationMs) times.push(await fetchOnce(port, origins));
    return { figure: times.sort((a, b) => a - b)[times.length >> 1] ?? 0, done: 0 };
  },
};

/** What was `done` since `started`, and how much of it a second, times `scale`. */
function rate(done: number, started: number, scale: number): Result {
  return { figure: (done * scale * 1000) / (performance.now() - started), done };
}

/** A whole small request: connect, ask, get, close. Resolves with the milliseconds to the first byte of the answer. */
function fetchOnce(port: number, origins: Origins | undefined): Promise<number> {
  return new Promise((resolve) => {
    const started = performance.now();
    const socket: Socket = openTunnel(
      port,
      requestFor('get', origins),
      () => socket.write(get),
      () => {
        socket.destroy(); // the answer has no body: that was all
        resolve(performance.now() - started);
      },
    );
  });
}

/** A SOCKS5 connection, one message after the other as most applications do it; then `onBytes` is told how much has come. */
function openTunnel(port: number, request: Buffer, onOpen: () => void, onBytes: (length: number) => void): Socket {
  let stage = 0;
  const callback = (length: number) => {
    if (stage === 2) onBytes(length);
    else if (stage === 1) {
      if (readBuffer[1] !== 0) throw new Error(`SOCKS5 reply ${readBuffer[1]}`);
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
  return socket.on('connect', () => socket.write(Buffer.of(5, 1, 0)));
}

function requestFor(name: keyof Origins, origins: Origins | undefined): Buffer {
  if (origins === undefined) return Buffer.from(`\x05\x01\x00\x03${String.fromCharCode(name.length)}${name}\x00\x50`, 'latin1');
  return Buffer.of(5, 1, 0, 1, 127, 0, 0, 1, origins[name] >> 8, origins[name] & 0xff);
}

function ignore() {}
