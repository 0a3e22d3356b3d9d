import { CircleAlert, Unplug, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Notice } from '../../preload/contract.ts';
import { ltr } from '../format.ts';
import { call, dismissFailure, host, useStore } from '../store.ts';
import { IconButton } from './icon-button.tsx';
import type { View } from './use-view.ts';
import './banner.css';

/** What the person should know wherever they are: lost contact, a command that failed, notices of the engine. */
export function Notices({ view }: { view: View }) {
  const { t } = useTranslation();
  const failure = useStore((store) => store.failure);
  const lost = useStore((store) => store.contact === 'lost');
  const notices = useStore((store) => store.state?.notices ?? none);
  return (
    <div className="notices">
      {lost && view !== 'status' && (
        <div className="banner bad tall" role="alert">
          <Unplug aria-hidden />
          <p>{t(host === 'browser' ? 'hero.lostBrowser' : 'hero.lost')}</p>
        </div>
      )}
      {failure !== null && !(lost && failure === 'not-connected') && (
        <div className="banner bad" role="alert">
          <CircleAlert aria-hidden />
          <p>{t(`errors.${failure}`)}</p>
          <IconButton icon={X} label={t('notices.dismiss')} onPress={dismissFailure} />
        </div>
      )}
      {notices.map(({ id, code, path = '', count = 0 }) => (
        <div key={id} className="banner wait" role="alert">
          <CircleAlert aria-hidden />
          <p>{t(`notices.${code}`, { path: ltr(path), count })}</p>
          <IconButton icon={X} label={t('notices.dismiss')} onPress={() => void call('dismissNotice', { id })} />
        </div>
      ))}
    </div>
  );
}

const none: readonly Notice[] = [];
