import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { translateStartFailure } from '../../main/cli/start-failure.ts';
import { EngineError } from '../../main/engine/errors.ts';
import { locales } from '../../renderer/locales/locales.ts';
import { startServer } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

test('a dialog says in the person’s language why the program could not start', async () => {
  await using taken = await startServer(() => {});
  const [refusal] = await once(createServer().listen(taken.port, taken.host), 'error');
  for (const locale of Object.values(locales)) {
    const said = (error: unknown) => translateStartFailure(error, 'In English.', locale);
    const { failed, addressTaken } = locale.shell.start;
    assert.equal(said(refusal), addressTaken.replace('{{address}}', `127.0.0.1:${taken.port}`));
    assert.equal(said(new EngineError('data-folder-in-use')), locale.errors['data-folder-in-use']);
    assert.equal(said(Object.assign(new Error(), { code: 'system-proxy-journal' })), locale.errors['system-proxy-journal']);
    assert.equal(said(new TypeError('x')), `${failed}\n\nIn English.`);
  }
});
