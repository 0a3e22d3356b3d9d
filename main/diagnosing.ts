/** "Fix my internet" with what it is to ask, for the running program and for the command line. */
import { homedir, networkInterfaces } from 'node:os';
import { defaultDataFolder } from './engine/data-folder.ts';
import { checkDirectly, defaultDirectChecks } from './engine/direct-check.ts';
import { defaultProbeUrls } from './engine/selection/probe.ts';
import { foldersOf } from './system-proxy/diagnosis/config-files.ts';
import type { DiagnosisParts } from './system-proxy/diagnosis/diagnosis.ts';
import { run } from './system-proxy/run.ts';

/** Operated apart, so that at least one answers. */
const names = ['example.com', 'www.msftconnecttest.com', 'captive.apple.com'];

/** `probes`: addresses in place of the usual ones; the time is asked of the first without TLS, which a wrong clock breaks. */
export function diagnosisParts(
  given: Pick<DiagnosisParts, 'wayOut' | 'isDirectAllowed'> & { readonly probes?: readonly string[] | undefined },
): DiagnosisParts {
  const { wayOut, isDirectAllowed, probes = [] } = given;
  const timeUrl = [...probes, ...defaultProbeUrls].find((url) => url.startsWith('http:')) ?? '';
  return {
    run,
    platform: process.platform,
    env: process.env,
    readInterfaces: networkInterfaces,
    folder: defaultDataFolder(), // where the system proxy's journal is
    folders: foldersOf(homedir(), process.env),
    wayOut,
    isDirectAllowed,
    checkDirectly: (signal) => checkDirectly(defaultDirectChecks, signal),
    timeUrl: new URL(timeUrl),
    names,
  };
}
