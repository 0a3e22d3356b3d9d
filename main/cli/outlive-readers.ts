/**
 * Lets the program go on when nobody reads its output any more, because a pipe or a terminal was closed: what it says then is lost. To be
 * called before anything is said. Traffic depends on the program, and the system's proxy setting on its orderly end.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}
