import type { Backend, Settings } from './backend.ts';
import { SystemProxyError } from './system-proxy-error.ts';

/**
 * A backend and another one beside it, as one: on KDE, GTK programs read GNOME's settings. The first decides what the system says; the second
 * is left out where it does not exist. Names of the second begin with its id and a colon.
 */
export function beside(first: Backend, second: Backend): Backend {
  const prefix = `${second.id}:`;
  const isSecond = (name: string) => name.startsWith(prefix);
  const join = (own: Settings, other: Settings): Settings => ({
    ...own,
    ...Object.fromEntries(Object.entries(other).map(([name, value]) => [prefix + name, value])),
  });
  const split = (settings: Settings): { readonly own: Settings; readonly other: Settings } => ({
    own: Object.fromEntries(Object.entries(settings).filter(([name]) => !isSecond(name))),
    other: Object.fromEntries(
      Object.entries(settings).flatMap(([name, value]) => (isSecond(name) ? [[name.slice(prefix.length), value] as const] : [])),
    ),
  });
  return {
    ...first,
    async read(signal) {
      const [own, other] = await Promise.all([first.read(signal), second.read(signal).catch(ifAbsent)]);
      return join(own, other);
    },
    async write(changes, signal) {
      const { own, other } = split(changes);
      await first.write(own, signal);
      if (Object.keys(other).length > 0) await second.write(other, signal);
    },
    wanted(target, present) {
      const { own, other } = split(present);
      return join(first.wanted(target, own), Object.keys(other).length > 0 ? second.wanted(target, other) : {});
    },
    off(present) {
      const { own, other } = split(present);
      return join(first.off(own), Object.keys(other).length > 0 ? second.off(other) : {});
    },
    company: (name) => (isSecond(name) ? second.company(name.slice(prefix.length)).map((beside) => prefix + beside) : first.company(name)),
    meaning: (settings) => first.meaning(split(settings).own),
    watch(listener) {
      const stops = [first.watch(listener), second.watch(listener)];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}

function ifAbsent(error: unknown): Settings {
  if (error instanceof SystemProxyError && ['system-proxy-tool-missing', 'system-proxy-unsupported'].includes(error.code)) return {};
  throw error;
}
