import { spawn } from 'node:child_process';

const pollMs = 10_000;

/**
 * Calls back whenever a program that watches something says a word, until the returned function is called. Where the program is missing or
 * ends, calls back every ten seconds instead.
 */
export function followOutput(command: string, args: readonly string[], env: NodeJS.ProcessEnv, listener: () => void): () => void {
  let polling: NodeJS.Timeout | undefined;
  let stopped = false;
  const poll = () => {
    if (!stopped) polling ??= setInterval(listener, pollMs).unref();
  };
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
  child.stdout.on('data', listener);
  child.once('error', poll).once('close', poll);
  return () => {
    stopped = true;
    clearInterval(polling);
    child.kill();
  };
}
