import { useTranslation } from 'react-i18next';
import { ImportReportCard } from './import-report.tsx';
import { PasteBox } from './paste-box.tsx';
import { Plane } from './plane.tsx';
import './first-run.css';

/** Before the first proxy: one thing to do, and how. */
export function FirstRun() {
  const { t } = useTranslation();
  return (
    <>
      <section className="first-run">
        <Plane />
        <h1 tabIndex={-1}>{t('firstRun.title')}</h1>
        <p className="soft">{t('firstRun.lead')}</p>
        <PasteBox />
        <p className="soft small">{t('firstRun.privacy')}</p>
      </section>
      <ImportReportCard />
    </>
  );
}
