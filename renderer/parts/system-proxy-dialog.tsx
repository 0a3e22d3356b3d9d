import { SlidersHorizontal } from 'lucide-react';
import { useState } from 'react';
import { Label, Text, TextArea, TextField } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { bypassPattern, type SystemProxyOptions } from '../../preload/system-proxy.ts';
import { ltr } from '../format.ts';
import { call } from '../store.ts';
import { ButtonDialog } from './button-dialog.tsx';
import { HintedSwitch } from './setting-switch.tsx';

/** The few options of the switch; each applies at once. */
export function SystemProxyDialog({ options }: { options: SystemProxyOptions }) {
  const { t } = useTranslation();
  return (
    <ButtonDialog
      icon={<SlidersHorizontal aria-hidden />}
      button={t('systemProxy.options')}
      title={t('systemProxy.optionsTitle')}
      done={t('choosing.done')}
    >
      <BypassList bypass={options.bypass} />
      <OptionSwitch name="reapply" isOn={options.reapply} />
      <OptionSwitch name="pac" isOn={options.pac} />
      {options.pac && <OptionSwitch name="neverDirect" isOn={options.neverDirect} />}
    </ButtonDialog>
  );
}

function OptionSwitch({ name, isOn }: { name: 'reapply' | 'pac' | 'neverDirect'; isOn: boolean }) {
  const { t } = useTranslation();
  return (
    <HintedSwitch
      isOn={isOn}
      onChange={(value) => void call('changeSystemProxy', { [name]: value })}
      label={t(`systemProxy.${name}`)}
      hint={t(`systemProxy.${name}Hint`)}
    />
  );
}

/** One entry a line; kept when the box is left and every entry can be understood. */
function BypassList({ bypass }: { bypass: readonly string[] }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(bypass.join('\n'));
  const entries = draft.split(/[\s,;]+/).filter((entry) => entry !== '');
  const problem = entries.find((entry) => !bypassPattern.test(entry));
  const keep = () => {
    if (problem === undefined && entries.join() !== bypass.join()) void call('changeSystemProxy', { bypass: entries });
  };
  return (
    <TextField className="bypass" value={draft} onChange={setDraft} onBlur={keep} isInvalid={problem !== undefined}>
      <Label>{t('systemProxy.bypass')}</Label>
      <TextArea rows={5} dir="ltr" spellCheck="false" autoComplete="off" />
      <Text slot="description" className="soft switch-hint">
        {t('systemProxy.bypassHint')}
      </Text>
      {problem !== undefined && (
        <Text slot="errorMessage" className="bypass-problem">
          {t('systemProxy.bypassProblem', { entry: ltr(problem) })}
        </Text>
      )}
    </TextField>
  );
}
