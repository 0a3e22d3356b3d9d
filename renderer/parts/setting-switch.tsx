import { Switch } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { call, useStore } from '../store.ts';
import './setting-switch.css';

/** A setting that is on or off, and what it means. */
export function SettingSwitch({ name }: { name: 'claimTelegramLinks' | 'allowDirectCheck' | 'allowDirectFetch' }) {
  const { t } = useTranslation();
  const isOn = useStore((store) => store.state?.settings[name] ?? false);
  return (
    <Switch className="switch" isSelected={isOn} onChange={(value) => void call('changeSettings', { [name]: value })}>
      <span className="switch-track" aria-hidden />
      <span>
        {t(`settings.${name}`)}
        <span className="soft switch-hint">{t(`settings.${name}Hint`)}</span>
      </span>
    </Switch>
  );
}
