import { useId } from 'react';
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

/** The hint is heard after the name and the state, not as a part of the name. */
export function HintedSwitch({ isOn, onChange, label, hint }: HintedSwitchProps) {
  const id = useId();
  return (
    <Switch className="switch" isSelected={isOn} onChange={onChange} aria-labelledby={`${id}-label`} aria-describedby={`${id}-hint`}>
      <span className="switch-track" aria-hidden />
      <span>
        <span id={`${id}-label`}>{label}</span>
        <span id={`${id}-hint`} className="soft switch-hint">
          {hint}
        </span>
      </span>
    </Switch>
  );
}
