import { CirclePlus, Gauge, LifeBuoy, List } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { ltr, useFormats } from '../format.ts';
import { useStore } from '../store.ts';
import { type Look, lookOf } from './look.ts';
import { Plane } from './plane.tsx';
import type { View } from './use-view.ts';
import './navigation.css';

const items = [
  { view: 'status', icon: Gauge },
  { view: 'proxies', icon: List },
  { view: 'import', icon: CirclePlus },
  { view: 'fix', icon: LifeBuoy },
] as const;

/** The views. A wide window has them at the side, a narrow one at the bottom. */
export function Navigation({ current }: { current: View }) {
  const { t } = useTranslation();
  const look = useStore((store) => lookOf(store.state, store.contact));
  const total = useStore((store) => store.state?.proxies.total ?? 0);
  const version = useStore((store) => store.state?.version);
  const { number } = useFormats();
  return (
    <nav className="navigation" aria-label={t('nav.label')}>
      <p className="brand">
        <Plane />
        <span>Paperplane</span>
      </p>
      <ul>
        {items.map(({ view, icon: Icon }) => (
          <li key={view}>
            <a href={`#/${view}`} aria-current={view === current ? 'page' : undefined}>
              <Icon aria-hidden />
              <span className="name">{t(`nav.${view}`)}</span>
              {view === 'status' && <StatusDot look={look} />}
              {view === 'proxies' && total > 0 && (
                <span className="count" aria-hidden>
                  {number(total)}
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
      {version !== undefined && <p className="version soft">{t('nav.version', { version: ltr(version) })}</p>}
    </nav>
  );
}

const StatusDot = ({ look }: { look: Look }) => <span className={`dot ${look.tone}`} aria-hidden />;
