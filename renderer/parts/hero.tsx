import { CircleAlert, CirclePause, LoaderCircle, LogIn, type LucideIcon, Send, Unplug, WifiOff } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { isolated } from '../format.ts';
import { host, useStore } from '../store.ts';
import { ActiveProxy } from './active-proxy.tsx';
import { HeroActions, isPinned } from './hero-actions.tsx';
import type { Look } from './look.ts';
import { TestProgress } from './test-progress.tsx';
import { useGroupName } from './use-group-name.ts';
import './hero.css';

const icons: Readonly<Record<Look['state'], LucideIcon>> = {
  starting: LoaderCircle,
  'no-proxies': CirclePause,
  testing: LoaderCircle,
  paused: CirclePause,
  ready: Send,
  blocked: CircleAlert,
  offline: WifiOff,
  'captive-portal': LogIn,
  stopped: CirclePause,
  lost: Unplug,
};

/** The one look: a colour, a picture and a word for whether traffic flows, and what to do when it does not. */
export function Hero({ look }: { look: Look }) {
  const { t } = useTranslation();
  const Icon = icons[look.state];
  const title = t(`state.${look.state}`);
  const sentence = useSentence(look);
  useEffect(() => {
    document.title = `${title} · Paperplane`;
  }, [title]);
  return (
    <section className={`hero ${look.tone}`}>
      <span className="hero-icon">
        <Icon aria-hidden />
      </span>
      <div className="hero-text">
        <div role="status">
          <h1 tabIndex={-1}>{title}</h1>
          <p>{sentence}</p>
        </div>
        {look.state === 'ready' && <ActiveProxy />}
        {look.state === 'testing' && <TestProgress />}
        <HeroActions state={look.state} />
      </div>
    </section>
  );
}

function useSentence({ state }: Look): string {
  const { t } = useTranslation();
  const ready = useReadySentence();
  const blocked = useBlockedSentence();
  if (state === 'ready') return ready;
  if (state === 'blocked') return blocked;
  if (state === 'lost') return t(host === 'browser' ? 'hero.lostBrowser' : 'hero.lost');
  if (state === 'no-proxies') return t('firstRun.lead');
  return t(`hero.${state}`);
}

function useReadySentence(): string {
  const { t } = useTranslation();
  const pinned = useStore(isPinned);
  const hasActive = useStore((store) => store.state !== null && store.state.active !== null);
  const mode = useStore((store) => store.state?.settings.mode);
  if (!hasActive) return t('hero.readyNoActive');
  if (pinned) return t('hero.readyPinned');
  return t(mode === 'round-robin' ? 'hero.readyTurns' : mode === 'sticky' ? 'hero.readySites' : 'hero.ready');
}

/** Where the person's own choice leaves nothing that works, that is what they are told. */
function useBlockedSentence(): string {
  const { t } = useTranslation();
  const nameOf = useGroupName();
  const pinned = useStore(isPinned);
  const mode = useStore((store) => store.state?.settings.mode);
  const group = useStore((store) => store.state?.settings.group ?? null);
  if (pinned) return t('hero.blockedPinned');
  if (mode === 'manual') return t('hero.blockedManual');
  return group === null ? t('hero.blocked') : t('hero.blockedGroup', { group: isolated(nameOf(group)) });
}
