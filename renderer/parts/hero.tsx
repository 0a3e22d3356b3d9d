import { CircleAlert, CirclePause, LoaderCircle, LogIn, type LucideIcon, Send, Unplug, WifiOff } from 'lucide-react';
import { useEffect } from 'react';
import { Button, Link } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { call, host, useStore } from '../store.ts';
import { ActiveProxy } from './active-proxy.tsx';
import type { Look } from './look.ts';
import './button.css';
import './hero.css';

const icons: Readonly<Record<Look['state'], LucideIcon>> = {
  starting: LoaderCircle,
  'no-proxies': CirclePause,
  testing: LoaderCircle,
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
        <HeroActions look={look} />
      </div>
    </section>
  );
}

function useSentence({ state }: Look): string {
  const { t } = useTranslation();
  const pinned = useStore((store) => store.state !== null && store.state.pinnedId !== null);
  const hasActive = useStore((store) => store.state !== null && store.state.active !== null);
  if (state === 'ready') return t(hasActive ? (pinned ? 'hero.readyPinned' : 'hero.ready') : 'hero.readyNoActive');
  if (state === 'blocked') return t(pinned ? 'hero.blockedPinned' : 'hero.blocked');
  if (state === 'lost') return t(host === 'browser' ? 'hero.lostBrowser' : 'hero.lost');
  if (state === 'no-proxies') return t('firstRun.lead');
  return t(`hero.${state}`);
}

function HeroActions({ look }: { look: Look }) {
  const { t } = useTranslation();
  const pinned = useStore((store) => store.state !== null && store.state.pinnedId !== null);
  const unpin = pinned && (look.state === 'ready' || look.state === 'blocked');
  const blocked = look.state === 'blocked';
  if (!unpin && !blocked) return null;
  return (
    <div className="hero-actions">
      {blocked && (
        <Button className="button primary" onPress={() => void call('testProxies', { ids: 'all' })}>
          {t('hero.testAgain')}
        </Button>
      )}
      {blocked && (
        <Link className="button" href="#/import">
          {t('hero.addMore')}
        </Link>
      )}
      {unpin && (
        <Button className="button" onPress={() => void call('pinProxy', { id: null })}>
          {t('hero.unpin')}
        </Button>
      )}
    </div>
  );
}
