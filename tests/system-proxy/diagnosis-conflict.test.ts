import assert from 'node:assert/strict';
import test from 'node:test';
import { findingSentences } from '../../main/cli/diagnosis-words.ts';
import { diagnose } from '../../main/system-proxy/diagnosis/diagnosis.ts';
import { diagnosed } from '../rigs/diagnosed.ts';
import { startHome } from '../rigs/home.ts';
import { refusingPort, startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

test('the same variable in two files, with different values: both are told, with the change of each', async () => {
  const [first, second] = [await refusingPort(), await refusingPort()];
  await using listener = await startServer(() => {});
  await using home = await startHome({
    'home/.profile': `export http_proxy=127.0.0.1:${first}\nexport https_proxy=127.0.0.1:${first}\nexport all_proxy=127.0.0.1:${first}\n`,
    'home/.bashrc': `# mine\nexport http_proxy=http://u:s3cret@127.0.0.1:${second}/ https_proxy=127.0.0.1:${first}\nexport all_proxy=127.0.0.1:${listener.port}\n`,
  });
  const { findings } = await diagnose(diagnosed(home.folders));
  assert.deepEqual(
    findings.map(({ place, also, change }) => [place, also, change?.kind === 'line' && change.after]),
    [
      ['~/.profile:1', [`~/.bashrc:2 (127.0.0.1:${second})`], `# export http_proxy=127.0.0.1:${first}`],
      ['~/.profile:2', undefined, `# export https_proxy=127.0.0.1:${first}`],
      ['~/.profile:3', [`~/.bashrc:3 (127.0.0.1:${listener.port})`], `# export all_proxy=127.0.0.1:${first}`],
      [
        '~/.bashrc:2',
        [`~/.profile:1 (127.0.0.1:${first})`],
        `# export http_proxy=http://***@127.0.0.1:${second} https_proxy=127.0.0.1:${first}`,
      ],
    ],
  );
  assert.match(findingSentences(findings[0] ?? assert.fail()).why, /also set, to something else, in: ~\/\.bashrc:2 \(127/);
  assert.doesNotMatch(JSON.stringify(findings), /s3cret/);
});
