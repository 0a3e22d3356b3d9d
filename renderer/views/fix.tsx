import { CircleCheck, LoaderCircle, TriangleAlert } from 'lucide-react';
import { useRef } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { Unchecked } from '../../preload/diagnosis.ts';
import { ltr } from '../format.ts';
import { FindingCard } from '../parts/finding-card.tsx';
import { SettingSwitch } from '../parts/setting-switch.tsx';
import { type Looking, useDiagnosis } from '../parts/use-diagnosis.ts';
import '../parts/banner.css';
import './fix.css';

/** What keeps this computer's programs from the internet, and one button for each thing that Paperplane can put right. */
export function FixView() {
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  const looking = useDiagnosis();
  const { diagnosis, isLooking, repair } = looking;
  // The button that was pressed goes away with what it repaired.
  const repairAndRead = (id: string) => void repair(id).then(() => heading.current?.focus());
  return (
    <>
      <header className="view-header">
        <h1 ref={heading} tabIndex={-1}>
          {t('diagnosis.title')}
        </h1>
        <p className="soft">{t('diagnosis.lead')}</p>
      </header>
      <Summary {...looking} />
      {diagnosis !== null && diagnosis.findings.length > 0 && (
        <ul className="findings">
          {diagnosis.findings.map((finding) => (
            <FindingCard key={finding.id} finding={finding} isBusy={isLooking} onRepair={() => repairAndRead(finding.id)} />
          ))}
        </ul>
      )}
      {diagnosis !== null && diagnosis.unchecked.length > 0 && <NotChecked unchecked={diagnosis.unchecked} />}
    </>
  );
}

function Summary({ diagnosis, isLooking, isRepaired, look }: Looking) {
  const { t } = useTranslation();
  const count = diagnosis?.findings.length ?? null;
  const isBusy = isLooking || count === null;
  const Icon = isBusy ? LoaderCircle : count === 0 ? CircleCheck : TriangleAlert;
  const sentence = isBusy ? t('diagnosis.looking') : count === 0 ? t('diagnosis.nothing') : t('diagnosis.things', { count });
  return (
    <div className={`banner ${isBusy ? '' : count === 0 ? 'good' : 'bad'}`}>
      <Icon aria-hidden />
      <p role="status">{isRepaired && !isBusy ? `${t('diagnosis.repaired')} ${sentence}` : sentence}</p>
      <Button className="button" isDisabled={isLooking} onPress={look}>
        {t('diagnosis.again')}
      </Button>
    </div>
  );
}

function NotChecked({ unchecked }: { unchecked: readonly Unchecked[] }) {
  const { t } = useTranslation();
  return (
    <section className="card unchecked" aria-labelledby="unchecked-title">
      <h2 id="unchecked-title">{t('diagnosis.uncheckedTitle')}</h2>
      <ul>
        {unchecked.map(({ check, why, address = '' }) => (
          <li key={`${check} ${address}`}>
            {t(`diagnosis.unchecked.${check}`, { address: ltr(address) })}
            <span className="soft">: {t(`diagnosis.uncheckedBecause.${why}`)}</span>
          </li>
        ))}
      </ul>
      {unchecked.some(({ why }) => why === 'direct-not-allowed') && <SettingSwitch name="allowDirectCheck" />}
    </section>
  );
}
