import { useTranslation } from 'react-i18next';
import { useStore } from '../store.ts';
import { Ltr } from './ltr.tsx';
import './site-line.css';

/** Which site refuses though the proxies work: nothing to be alarmed about. Below all else and always there, so that nothing moves and it is read out. */
export function SiteLine() {
  const { t } = useTranslation();
  const site = useStore((store) => (store.contact === 'held' ? (store.state?.refusingSite ?? null) : null));
  return (
    <p className="site-line" role="status">
      {site !== null && (
        <>
          <Ltr className="site-host">{site.host}</Ltr>: {t('site.refuses', { reason: t(`errors.${site.code}`), count: site.proxies })}
        </>
      )}
    </p>
  );
}
