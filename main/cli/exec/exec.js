#!/usr/bin/env node
// On Linux and macOS npm scripts say `exec` to the shell, so that a signal to npm reaches the program and its exit code reaches npm. cmd.exe
// has no such word, and no signals either: there this runs the command that follows.
import { spawn } from 'node:child_process';

const [command = 'node', ...args] = process.argv.slice(2);
spawn(command === 'node' ? process.execPath : command, args, { stdio: 'inherit' })
  .on('error', ({ message }) => {
    process.stderr.write(`${message}\n`);
    process.exitCode = 127;
  })
  .on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
