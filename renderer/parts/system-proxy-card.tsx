import { CircleAlert } from 'lucide-react';
import { Button, Switch } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { SystemProxyState } from '../../preload/system-proxy.ts';
import { ltr } from '../format.ts';
import { read, useStore } from '../store.ts';
import { SystemProxyDialog } from './system-proxy-dialog.tsx';
import './button.css';
import './setting-switch.css';
import './system-proxy-card.css';

/** The one switch for the whole system. It shows what the system says, not what was asked. */
export function SystemProxyCard() {
  const { t } = useTranslation();
  const state = useStore((store) => store.state?.systemProxy ?? null);
  const isHeld = useStore((store) => store.contact === 'held');
  if (state === null) return null;
  const { status, changing, desktop, error } = state;
  const isUnread = status === 'unknown' && error === null;
  const isLocked = !isHeld || changing !== null || isUnread || status === 'unsupported';
  return (
    <section className={`card system-proxy ${status}`} aria-label={t('systemProxy.title')}>
      <div className="system-proxy-head">
        <Switch
          className="switch large"
          isSelected={changing === null ? status === 'on' : changing === 'on'}
          isDisabled={isLocked}
          onChange={(on) => void read('setSystemProxy', { on })}
        >
          <span className="switch-track" aria-hidden />
          <span className="system-proxy-title">{t('systemProxy.title')}</span>
        </Switch>
        {desktop !== '' && <bdi className="soft">{desktop}</bdi>}
      </div>
      <div role="status" className="system-proxy-words">
        <Words state={state} />
      </div>
      {status !== 'unsupported' && (
        <div className="system-proxy-actions">
          {status === 'changed' && (
            <>
              <Button className="button primary" isDisabled={isLocked} onPress={() => void read('setSystemProxy', { on: true })}>
                {t('systemProxy.setAgain')}
              </Button>
              <Button className="button" isDisabled={isLocked} onPress={() => void read('setSystemProxy', { on: false })}>
                {t('systemProxy.leaveIt')}
              </Button>
            </>
          )}
          <SystemProxyDialog options={state.options} />
        </div>
      )}
    </section>
  );
}

function Words({ state }: { state: SystemProxyState }) {
  const { t } = useTranslation();
  const { status, changing, error, leftAlone } = state;
  const hasFailedToRead = status === 'unknown' && error !== null && changing === null;
  const isSettled = changing === null && status !== 'unknown';
  return (
    <>
      {error !== null && changing === null && (
        <p className={status === 'unsupported' ? 'soft' : 'system-proxy-error'}>
          {status !== 'unsupported' && <CircleAlert aria-hidden />}
          {t(`errors.${error}`)}
        </p>
      )}
      {status !== 'unsupported' && !hasFailedToRead && (
        <p className="soft">
          {isSettled ? <Present state={state} /> : t('systemProxy.moment')}
          {status === 'off' && leftAlone && ` ${t('systemProxy.leftAlone')}`}
        </p>
      )}
      {isSettled && (status === 'unsupported' || (status === 'off' && error !== null)) && <ByHand state={state} />}
    </>
  );
}

function Present({ state: { status, other } }: { state: SystemProxyState }) {
  const { t } = useTranslation();
  if (status === 'on') return t('systemProxy.on');
  if (status === 'changed') return other === null ? t('systemProxy.changedOff') : t('systemProxy.changed', { other: ltr(other) });
  return other === null ? t('systemProxy.off') : t('systemProxy.offOther', { other: ltr(other) });
}

/** What a person can enter where the program may not. */
function ByHand({ state: { desktop, status } }: { state: SystemProxyState }) {
  const { t } = useTranslation();
  const endpoint = useStore((store) => store.state?.endpoint ?? null);
  if (endpoint === null) return null;
  return (
    <p className="soft">
      {status !== 'unsupported' && `${t('systemProxy.alsoByHand')} `}
      {t('systemProxy.byHand', { server: ltr(endpoint.host), port: ltr(String(endpoint.port)) })}
      {(desktop === 'Windows' || desktop === 'macOS') && ` ${t(`systemProxy.place.${desktop}`)}`}
    </p>
  );
}
