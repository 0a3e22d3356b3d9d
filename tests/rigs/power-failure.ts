import type { PrivateSession } from './private-session.ts';
import { processesWith } from './processes.ts';
import { until } from './until.ts';

/** The processes that watch over the journal of this session. */
export const watchdogsOf = ({ folder }: Pick<PrivateSession, 'folder'>) => processesWith('watchdog', folder);

/** As when the power fails: the program and its watchdog are gone, and neither had time for anything. `ended`: once the program is. */
export async function failPower(session: Pick<PrivateSession, 'folder'>, pid: number, ended: Promise<unknown>): Promise<void> {
  const watchdogs = await watchdogsOf(session);
  for (const watchdog of watchdogs) process.kill(watchdog, 'SIGSTOP'); // so that it cannot come first
  process.kill(pid, 'SIGKILL');
  await ended;
  for (const watchdog of watchdogs) process.kill(watchdog, 'SIGKILL');
  await until(async () => (await watchdogsOf(session)).length === 0);
}
