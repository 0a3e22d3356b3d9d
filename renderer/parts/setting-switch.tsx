import { Switch } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { call, useStore } from '../store.ts';
import './setting-switch.css';

/** A setting that is on or off, and what it means. */
export function SettingSwitch({ name }: { name: 'claimTelegramLinks' | 'allowDirectCheck' | 'allowDirectFetch' }) {
  const { t } = useTranslation();
  const isOn = useStore((store) => store.state?.settings[name] ?? false);
  return (
    <HintedSwitch
      isOn={isOn}
      onChange={(value) => void call('changeSettings', { [name]: value })}
      label={t(`settings.${name}`)}
      hint={t(`settings.${name}Hint`)}
    />
  );
}

interface HintedSwitchProps {
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly label: string;
  readonly hint: string;
}

export function HintedSwitch({ isOn, onChange, label, hint }: HintedSwitchProps) {
  return (
    <Switch className="switch" isSelected={isOn} onChange={onChange}>
      <span className="switch-track" aria-hidden />
      <span>
        {label}
        <span className="soft switch-hint">{hint}</span>
      </span>
    </Switch>
  );
}
