import { ChevronDown, SlidersHorizontal } from 'lucide-react';
import { useId } from 'react';
import { Button, Label, ListBox, ListBoxItem, Popover, Radio, RadioGroup, Select, SelectValue } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { type Mode, modes } from '../../preload/contract.ts';
import { call, useStore } from '../store.ts';
import { ButtonDialog } from './button-dialog.tsx';
import { SettingSwitch } from './setting-switch.tsx';
import { useGroupName } from './use-group-name.ts';
import './button.css';
import './choosing-dialog.css';
import './menu.css';

/** Says how proxies are chosen now, and opens the few settings for it. */
export function ChoosingDialog() {
  const { t } = useTranslation();
  const mode = useStore((store) => store.state?.settings.mode ?? 'automatic');
  return (
    <ButtonDialog
      icon={<SlidersHorizontal aria-hidden />}
      button={t(`choosing.${mode}`)}
      buttonLabel={t('choosing.button', { mode: t(`choosing.${mode}`) })}
      title={t('choosing.title')}
      done={t('choosing.done')}
    >
      <ModeChoice mode={mode} />
      <GroupChoice />
      <SettingSwitch name="allowDirectCheck" />
    </ButtonDialog>
  );
}

function ModeChoice({ mode }: { mode: Mode }) {
  const { t } = useTranslation();
  const id = useId();
  return (
    <RadioGroup
      className="choices"
      aria-label={t('choosing.title')}
      value={mode}
      onChange={(value) => void call('changeSettings', { mode: modes.find((known) => known === value) ?? 'automatic' })}
    >
      {modes.map((name) => (
        <Radio key={name} value={name} className="choice" aria-labelledby={`${id}-${name}`} aria-describedby={`${id}-${name}-hint`}>
          <span className="choice-dot" aria-hidden />
          <span>
            <span id={`${id}-${name}`}>{t(`choosing.${name}`)}</span>
            <span id={`${id}-${name}-hint`} className="soft choice-hint">
              {t(`choosing.${name}Hint`)}
            </span>
          </span>
        </Radio>
      ))}
    </RadioGroup>
  );
}

/** Keys of a list must not be empty, sources may be. */
const keyOf = (group: string | null) => (group === null ? 'all' : `from ${group}`);

/** Offered where there is a choice. */
function GroupChoice() {
  const { t } = useTranslation();
  const nameOf = useGroupName();
  const groups = useStore((store) => store.state?.groups) ?? [];
  const chosen = useStore((store) => store.state?.settings.group ?? null);
  if (groups.length < 2 && chosen === null) return null;
  const options = [null, ...groups].map((group) => ({ id: keyOf(group), group }));
  return (
    <Select
      className="select"
      selectedKey={keyOf(chosen)}
      onSelectionChange={(key) => void call('changeSettings', { group: options.find(({ id }) => id === key)?.group ?? null })}
    >
      <Label>{t('choosing.sources')}</Label>
      <Button className="button">
        <SelectValue className="select-value" />
        <ChevronDown aria-hidden />
      </Button>
      <Popover className="popover menu">
        <ListBox items={options}>
          {({ id, group }) => (
            <ListBoxItem id={id} className="menu-item" textValue={nameOf(group)}>
              <bdi>{nameOf(group)}</bdi>
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
