import type { Logger } from 'pino';

/**
 * A fault of ours ends the program with one sentence and exit code 1. Node would print the error as it is, and foreign ones may quote a
 * password or what was on the wire; the log keeps only what is safe.
 */
export function endOnCrash(log: Logger): void {
  process.once('uncaughtException', (error) => {
    log.fatal({ error }, 'crashed');
    process.stderr.write('Paperplane had to end because of a fault of its own; the log tells where. Start it again.\n');
    process.exit(1);
  });
}
