import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { Change, Finding } from '../../preload/diagnosis.ts';
import { ltr, useFormats } from '../format.ts';
import { CopyButton } from './copy-button.tsx';
import './button.css';
import './code.css';
import './finding-card.css';

interface FindingCardProps {
  readonly finding: Finding;
  readonly isBusy: boolean;
  readonly onRepair: () => void;
}

/** What was found, why it matters, and the exact change; where Paperplane can make it, one button does. */
export function FindingCard({ finding, isBusy, onRepair }: FindingCardProps) {
  const { t } = useTranslation();
  const { duration } = useFormats();
  const { id, code, place = '', address = '', also = [], seconds = 0, change } = finding;
  const gaps = { place: ltr(place), address: ltr(address), time: duration(Math.abs(seconds)) };
  return (
    <li className="card finding">
      <h2 id={id}>{t(`diagnosis.found.${code}`, gaps)}</h2>
      <p className="soft">
        {t(`diagnosis.because.${code}`)}
        {also.length > 0 && ` ${t('diagnosis.also', { places: also.map(ltr).join(', ') })}`}
      </p>
      {change !== null && <ChangeShown change={change} />}
      {change !== null && change.kind !== 'command' && (
        <div>
          <Button className="button primary" aria-describedby={id} isDisabled={isBusy} onPress={onRepair}>
            {t('diagnosis.repair')}
          </Button>
        </div>
      )}
    </li>
  );
}

function ChangeShown({ change }: { change: Change }) {
  const { t } = useTranslation();
  const { number } = useFormats();
  switch (change.kind) {
    case 'line':
      return (
        <>
          <BeforeAfter
            title={t('diagnosis.lineOf', { path: ltr(change.path), line: number(change.line) })}
            before={change.before}
            after={change.after}
          />
          <p className="soft small">{t('diagnosis.kept', { ending: ltr(change.backup) })}</p>
        </>
      );
    case 'settings':
      return change.changes.map(({ setting, before, after }) => (
        <BeforeAfter key={setting} title={ltr(setting)} before={before} after={after} />
      ));
    case 'command':
      return (
        <>
          <p>{t(`diagnosis.byHand.${change.why}`)}</p>
          <code className="code" dir="ltr">
            {change.command}
          </code>
          <div>
            <CopyButton label={t('diagnosis.copyCommand')} text={async () => change.command} />
          </div>
        </>
      );
  }
}

function BeforeAfter({ title, before, after }: { title: string; before: string; after: string }) {
  const { t } = useTranslation();
  return (
    <div className="before-after">
      <p className="where">{title}</p>
      <dl>
        <dt>{t('diagnosis.before')}</dt>
        <dd className="code" dir="ltr">
          {before || t('diagnosis.unset')}
        </dd>
        <dt>{t('diagnosis.after')}</dt>
        <dd className="code" dir="ltr">
          {after || t('diagnosis.unset')}
        </dd>
      </dl>
    </div>
  );
}
