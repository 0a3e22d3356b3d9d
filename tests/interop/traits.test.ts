/** What proxy servers that others wrote tolerate beyond the letter of their protocol. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDirect } from '../../main/engine/outbounds/direct.ts';
import { learnTrait } from '../../main/engine/selection/traits.ts';
import { define, soon } from '../rigs/connecting.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { startHttpOrigin } from '../rigs/origin.ts';
import { missing, temporaryFolder } from '../rigs/programs.ts';
import { thirdPartyProxies } from '../rigs/third-party-proxies.ts';

assertNothingLeftOpen();

const doesPipeline: Record<string, boolean> = { microsocks: false, 'microsocks with login': false, danted: true };

for (const { name, programs, login, start } of thirdPartyProxies.filter(({ name }) => name in doesPipeline)) {
  const pipelines = doesPipeline[name];
  test(`${name} lets a tunnel wait and ${pipelines ? 'takes' : 'does not take'} all messages at once`, {
    skip: missing(...programs),
  }, async () => {
    await using folder = await temporaryFolder();
    await using proxy = await start(folder.path);
    await using origin = await startHttpOrigin();
    const client = define('socks5', proxy, login).createClient(createDirect());
    const learn = (trait: 'waits' | 'pipelines') =>
      learnTrait(trait, { client }, new URL(origin.url), soon(), { waitMs: 100, answerMs: 1500 });
    assert.deepEqual([await learn('waits'), await learn('pipelines')], [true, pipelines]);
  });
}
