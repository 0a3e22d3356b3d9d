import { once } from 'node:events';
import type { Duplex } from 'node:stream';

/** Reads exactly `length` bytes of a paused stream; rejects when it ends before. */
export function readExactly(stream: Duplex, length: number): Promise<Buffer> {
  if (length === 0) return Promise.resolve(Buffer.alloc(0));
  return new Promise((resolve, reject) => {
    const stop = () => stream.off('readable', attempt).off('end', fail).off('close', fail);
    const fail = () => {
      stop();
      reject(new Error(`ended before ${length} bytes`));
    };
    const attempt = () => {
      const bytes: Buffer | null = stream.read(length);
      if (bytes === null) return;
      if (bytes.length < length) return fail();
      stop();
      resolve(bytes);
    };
    if (stream.readableEnded || stream.destroyed) return fail();
    stream.on('readable', attempt).on('end', fail).on('close', fail);
    attempt();
  });
}

/** Reads up to and with `end`. */
export async function readUntil(stream: Duplex, end: string): Promise<string> {
  let text = '';
  while (!text.endsWith(end)) text += (await readExactly(stream, 1)).toString('latin1');
  return text;
}

/** Reads everything until the other side ends. */
export async function readAll(stream: Duplex): Promise<Buffer> {
  const chunks: Buffer[] = [];
  if (stream.readableEnded) return Buffer.alloc(0);
  stream.on('data', (chunk) => chunks.push(chunk));
  await once(stream, 'end');
  return Buffer.concat(chunks);
}

/** Carries bytes and half-closes both ways; when one side breaks, so does the other. */
export function join(a: Duplex, b: Duplex): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.pipe(to);
    from.once('close', () => {
      if (!from.readableEnded) to.destroy();
    });
  }
}
