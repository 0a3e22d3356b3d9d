import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { DiagnosisParts } from '../../main/system-proxy/diagnosis/diagnosis.ts';
import { run } from '../../main/system-proxy/run.ts';

const address = { address: '192.0.2.7', netmask: '', family: 'IPv4', mac: '', internal: false, cidr: null } as const;

/** What "Fix my internet" asks on a computer with these folders, without a desktop, that is connected; a direct connection fails the test. */
export const diagnosed = (folders: DiagnosisParts['folders'], given: Partial<DiagnosisParts> = {}): DiagnosisParts => ({
  run,
  platform: 'linux',
  readInterfaces: () => ({ eth0: [address] }),
  env: {},
  folder: join(folders.home, '.local/share/paperplane'),
  folders,
  wayOut: async () => null,
  isDirectAllowed: () => false,
  checkDirectly: () => assert.fail('went direct'),
  timeUrl: new URL('http://127.0.0.1:9/'),
  names: ['localhost'],
  ...given,
});
