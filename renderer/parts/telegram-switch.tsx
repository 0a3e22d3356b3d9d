import { Switch } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { call, useStore } from '../store.ts';
import './telegram-switch.css';

/** Whether tg:// links open Paperplane: only the desktop program can claim them. */
export function TelegramSwitch() {
  const { t } = useTranslation();
  const claims = useStore((store) => store.state?.settings.claimTelegramLinks ?? false);
  return (
    <Switch className="switch" isSelected={claims} onChange={(claimTelegramLinks) => void call('changeSettings', { claimTelegramLinks })}>
      <span className="switch-track" aria-hidden />
      <span>
        {t('settings.telegram')}
        <span className="soft switch-hint">{t('settings.telegramHint')}</span>
      </span>
    </Switch>
  );
}
