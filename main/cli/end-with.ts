/**
 * Ends the program with this exit code, also while names are looked up for which nobody answers: Node would wait for each, up to half a minute.
 * What takes its place ends at once. Windows knows no such replacement, and waits.
 */
export function endWith(code: number): void {
  process.exitCode = code;
  if (process.platform === 'win32' || !process.getActiveResourcesInfo().includes('GetAddrInfoReqWrap')) return;
  process.execve?.('/bin/sh', ['sh', '-c', `exit ${code}`], {});
}
