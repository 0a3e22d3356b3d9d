/** A disk that takes nothing more must not end the program: what it carries goes on, and what the person asks for says why it failed. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openDatabase } from '../../main/engine/database.ts';
import { platformOn, temporaryDataFolder } from '../rigs/data-folder.ts';
import { startListServer } from '../rigs/list-server.ts';
import { refusingPort } from '../rigs/loopback-server.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';
import { answerOffer, startEngine, stateOf } from '../rigs/running-engine.ts';

assertNothingLeftOpen();

/** From now on no table of the database can be changed. */
function fillDisk(dataFolder: string): void {
  const sql = new DatabaseSync(join(dataFolder, 'paperplane.db'));
  for (const { name } of sql.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all()) {
    for (const change of ['INSERT', 'UPDATE', 'DELETE'])
      sql.exec(`CREATE TRIGGER full_${name}_${change} BEFORE ${change} ON ${name} BEGIN SELECT RAISE(ABORT, 'disk is full'); END`);
  }
  sql.close();
}

test('what was measured is lost, and the data folder is let go of at the end', async (t) => {
  const engine = await startEngine(t);
  await engine.commands.importText({ text: `socks5://127.0.0.1:${await refusingPort()}` });
  await stateOf(engine, ({ proxies }) => proxies.failing === 1);
  fillDisk(engine.dataFolder);
  await engine.stop();
  openDatabase(platformOn(engine.dataFolder)).close();
});

test('a list that cannot be stored says so', async (t) => {
  await using server = await startListServer({ body: 'socks5://127.0.0.1:9' });
  await using engine = await startEngine(t);
  await engine.commands.changeSettings({ allowDirectFetch: true });
  await engine.commands.importText({ text: server.url });
  await answerOffer(engine, true);
  await stateOf(engine, ({ subscriptions: [row] }) => row?.updatedAt != null && !row.isUpdating);
  fillDisk(engine.dataFolder);
  await engine.commands.updateSubscriptions({ ids: 'all' });
  const { subscriptions } = await stateOf(engine, ({ subscriptions: [row] }) => row?.result != null && !row.isUpdating);
  assert.equal(subscriptions[0]?.result, 'data-folder-unusable');
});

test('a pin ends when its time has come', async (t) => {
  const dataFolder = temporaryDataFolder(t);
  const database = openDatabase(platformOn(dataFolder));
  const [stored] = database.addProxies(['socks5://127.0.0.1:9']);
  database.writeSetting('pinnedId', stored?.id ?? '');
  database.writeSetting('pinnedUntil', String(Date.now() + 1500));
  database.close();
  await using engine = await startEngine(t, { dataFolder });
  fillDisk(dataFolder);
  await stateOf(engine, ({ pinnedId, pinnedUntil, proxies }) => proxies.total === 1 && pinnedId === null && pinnedUntil === null);
});
