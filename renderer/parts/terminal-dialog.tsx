import { SquareTerminal } from 'lucide-react';
import { useState } from 'react';
import { Radio, RadioGroup } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { AppState } from '../../preload/contract.ts';
import { ButtonDialog } from './button-dialog.tsx';
import { CopyButton } from './copy-button.tsx';
import { type Shell, shells, terminalLines } from './terminal-lines.ts';
import './choosing-dialog.css';
import './code.css';
import './terminal-dialog.css';

/** The endpoint for programs of a terminal, as text to copy. */
export function TerminalDialog({ endpoint }: { endpoint: NonNullable<AppState['endpoint']> }) {
  const { t } = useTranslation();
  const [shell, setShell] = useState<Shell>(likelyShell);
  const { on, off } = terminalLines(endpoint, shell);
  return (
    <ButtonDialog
      icon={<SquareTerminal aria-hidden />}
      button={t('terminal.open')}
      title={t('terminal.title')}
      done={t('terminal.done')}
      isWide
    >
      <p className="soft">{t('terminal.lead')}</p>
      <RadioGroup
        className="choices shells"
        aria-label={t('terminal.shell')}
        value={shell}
        onChange={(value) => setShell(shells.find((known) => known === value) ?? 'sh')}
      >
        {shells.map((name) => (
          <Radio key={name} value={name} className="choice">
            <span className="choice-dot" aria-hidden />
            <bdi>{t(`terminal.${name}`)}</bdi>
          </Radio>
        ))}
      </RadioGroup>
      <Lines title={t('terminal.on')} text={on} label={t('terminal.copyOn')} />
      {endpoint.needsLogin && <p className="soft">{t('terminal.login')}</p>}
      <Lines title={t('terminal.off')} text={off} label={t('terminal.copyOff')} />
    </ButtonDialog>
  );
}

const Lines = ({ title, text, label }: { title: string; text: string; label: string }) => (
  <section className="terminal-lines">
    <h3>{title}</h3>
    <code className="code" dir="ltr">
      {text}
    </code>
    <div>
      <CopyButton label={label} text={async () => text} />
    </div>
  </section>
);

function likelyShell(): Shell {
  return navigator.userAgent.includes('Windows') ? 'powershell' : 'sh';
}
