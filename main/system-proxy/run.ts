import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type { Run } from './backend.ts';
import { SystemProxyError, type SystemProxyErrorCode } from './system-proxy-error.ts';

const usualDeadlineMs = 5000;
const maxOutputChars = 1024 * 1024;

const codes: Readonly<Record<string, SystemProxyErrorCode>> = { ENOENT: 'system-proxy-tool-missing', ABORT_ERR: 'system-proxy-timeout' };

/** Runs a program for real; see `Run`. */
export const run: Run = (command, args, { signal, env = process.env, input = '', deadlineMs = usualDeadlineMs, holds } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      env,
      stdio: holds ? ['pipe', 'pipe', 'pipe', holds] : ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      ...(signal && { signal }),
    }) as ChildProcessWithoutNullStreams;
    const tooLong = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        if (output[name].length < maxOutputChars) output[name] += text;
      });
    }
    child.stdin.on('error', () => {}); // it may end before it reads
    child.stdin.end(input);
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(tooLong);
      reject(new SystemProxyError(codes[error.code ?? ''] ?? 'system-proxy-failed', `${command}: ${error.code}`));
    });
    child.once('close', (code) => {
      clearTimeout(tooLong);
      if (code === null) reject(new SystemProxyError('system-proxy-timeout', command));
      else resolve({ code, ...output });
    });
  });
