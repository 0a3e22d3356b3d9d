import type { EngineCommands } from '../../preload/contract.ts';
import { type CommandParts, findProxies, findProxy } from './command-parts.ts';
import { EngineError } from './errors.ts';
import type { ProxyEntry } from './proxy-list.ts';
import { writeSettings } from './settings.ts';

type ChoiceCommands = Pick<EngineCommands, 'pinProxy' | 'excludeProxies' | 'listSwitches' | 'changeSettings'>;

/** The commands by which the person decides which proxies are used, and the one that tells what came of it. */
export function createChoices({ store, proxies, prober, pin, database }: CommandParts): ChoiceCommands {
  const exclude = (entries: readonly ProxyEntry[], excluded: boolean) => {
    const ids = entries.map(({ id }) => id);
    database().setExcluded(ids, excluded);
    proxies.exclude(entries, excluded);
    if (excluded) pin.letGoOf(ids);
    else prober.test(entries);
  };
  return {
    async pinProxy({ id, minutes }) {
      const wanted = id === null ? null : findProxy(proxies, id);
      if (wanted && wanted.definition.notSpoken !== null) throw new EngineError('not-spoken');
      if (wanted?.excluded) exclude([wanted], false); // of two decisions that contradict each other, the later one counts
      pin.set(id, minutes);
      return null;
    },
    async excludeProxies({ ids, excluded }) {
      exclude(findProxies(proxies, ids), excluded);
      return null;
    },
    async listSwitches() {
      return proxies.switches;
    },
    async changeSettings(change) {
      writeSettings(database(), change);
      const { mode, group } = change;
      proxies.choose({ ...(mode !== undefined && { mode }), ...(group !== undefined && { group }) });
      store.setState(({ settings }) => ({ settings: { ...settings, ...change } }));
      return null;
    },
  };
}
