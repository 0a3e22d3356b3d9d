import { spawn } from 'node:child_process';

const pollMs = 10_000;
/** A program that waits for news would outlive a kill of ours: the shell ends it when the pipe to us does. */
const whilePipeIsOpen = '"$@" & exec >&-; read -r _; kill $!';

/**
 * Calls back whenever a program that watches something says a word, until the returned function is called or this process ends, in whatever
 * way. Where the program is missing or ends, calls back every ten seconds instead. For systems with a POSIX shell.
 */
export function followOutput(command: string, args: readonly string[], env: NodeJS.ProcessEnv, listener: () => void): () => void {
  let polling: NodeJS.Timeout | undefined;
  let stopped = false;
  const poll = () => {
    if (!stopped) polling ??= setInterval(listener, pollMs).unref();
  };
  // Out of reach of our terminal, whose Ctrl+C would end the shell alone.
  const child = spawn('sh', ['-c', whilePipeIsOpen, 'sh', command, ...args], { env, stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  child.stdin.on('error', () => {}); // it has ended
  child.stdout.on('data', listener).once('close', poll);
  child.once('error', poll);
  return () => {
    stopped = true;
    clearInterval(polling);
    child.stdin.end();
  };
}
