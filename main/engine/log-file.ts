import { appendFileSync, renameSync, statSync } from 'node:fs';

const limitBytes = 2 * 1024 * 1024;

/**
 * Lines go to the file at once; nothing is buffered and nothing needs closing. When the file would pass 2 MiB, it becomes `.1`, in place
 * of the one before. A log that cannot be written (no folder yet, disk full) is done without: it must never stop the program.
 */
export function createLogFile(path: string): { write(line: string): void } {
  return {
    write(line) {
      try {
        const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
        if (size > 0 && size + Buffer.byteLength(line) > limitBytes) renameSync(path, `${path}.1`);
        appendFileSync(path, line, { mode: 0o600 });
      } catch {
        // See above.
      }
    },
  };
}
