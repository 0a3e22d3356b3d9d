import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const waitMs = 2000;

/** The name of the program that listens on a TCP port of this computer, where the system tells; null otherwise. Never rejects. */
export async function findPortOwner(port: number): Promise<string | null> {
  try {
    if (process.platform === 'linux') return await fromProc(port);
    if (process.platform === 'win32') return await fromNetstat(port);
    return await fromLsof(port);
  } catch {
    return null;
  }
}

/** Linux: the socket's inode in /proc/net/tcp, then the process that has it open. Other users' processes stay unknown. */
async function fromProc(port: number): Promise<string | null> {
  const listening = '0A';
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => '')));
  const rows = tables
    .join('\n')
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const row = rows.find((columns) => columns[1]?.endsWith(`:${hexPort}`) && columns[3] === listening);
  const socket = `socket:[${row?.[9]}]`;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const file of files) {
      if ((await readlink(`/proc/${pid}/fd/${file}`).catch(() => '')) !== socket) continue;
      return `${(await readFile(`/proc/${pid}/comm`, 'utf8')).trim()} (process ${pid})`;
    }
  }
  return null;
}

async function fromLsof(port: number): Promise<string | null> {
  const { stdout } = await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { timeout: waitMs });
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  const name = /^c(.+)$/m.exec(stdout)?.[1];
  return pid && name ? `${name} (process ${pid})` : null;
}

async function fromNetstat(port: number): Promise<string | null> {
  const { stdout } = await run('netstat', ['-ano', '-p', 'TCP'], { timeout: waitMs });
  const pid = new RegExp(`:${port}\\s+\\S+\\s+LISTENING\\s+(\\d+)`).exec(stdout)?.[1];
  if (pid === undefined) return null;
  const tasks = await run('tasklist', ['/fi', `PID eq ${pid}`, '/fo', 'csv', '/nh'], { timeout: waitMs });
  const name = /^"([^"]+)"/.exec(tasks.stdout.trim())?.[1];
  return name ? `${name} (process ${pid})` : null;
}
