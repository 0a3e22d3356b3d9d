import { once } from 'node:events';
import type { Duplex } from 'node:stream';

/** Reads exactly `length` bytes of a paused stream; rejects when it ends before. */
export async function readExactly(stream: Duplex, length: number): Promise<Buffer> {
  for (;;) {
    const bytes: Buffer | null = stream.read(length);
    if (bytes?.length === length || length === 0) return bytes ?? Buffer.alloc(0);
    if (bytes !== null || stream.readableEnded || stream.destroyed) throw new Error(`ended before ${length} bytes`);
    await readableOrOver(stream);
  }
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

/** Resolves when there is something to read or nothing ever will be. */
async function readableOrOver(stream: Duplex): Promise<void> {
  const over = new AbortController();
  const stop = () => over.abort();
  stream.once('close', stop).once('end', stop);
  try {
    await once(stream, 'readable', { signal: over.signal });
  } catch {
    // the next read tells that it is over
  } finally {
    stream.off('close', stop).off('end', stop);
  }
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
