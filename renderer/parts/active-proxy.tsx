import { useTranslation } from 'react-i18next';
import { useFormats } from '../format.ts';
import { useStore } from '../store.ts';
import { Ltr } from './ltr.tsx';
import { PrivacyHint } from './privacy-hint.tsx';
import { useWhy } from './use-why.ts';
import './active-proxy.css';

/** The proxy that new connections take, why this one, how quickly it answers, and who can read along on the way to it. */
export function ActiveProxy() {
  const { t } = useTranslation();
  const { latency } = useFormats();
  const active = useStore((store) => store.state?.active ?? null);
  const proxies = useStore((store) => store.state?.proxies);
  const why = useWhy();
  if (active === null) return null;
  return (
    <div className="active-proxy">
      <p className="active-name">
        <bdi>{active.label}</bdi>
      </p>
      <ul className="facts">
        {active.address !== active.label && (
          <li>
            <Ltr>{active.address}</Ltr>
          </li>
        )}
        <li>{active.protocol}</li>
        {active.latencyMs !== null && <li>{t('row.latency', { latency: latency(active.latencyMs) })}</li>}
        {proxies !== undefined && <li>{t('hero.working', { count: proxies.working })}</li>}
      </ul>
      {why !== null && <p className="why">{why}</p>}
      <PrivacyHint row={active} />
    </div>
  );
}
