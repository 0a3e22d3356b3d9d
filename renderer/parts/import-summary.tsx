import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { Link } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { forgetImported, useImport } from '../importing.ts';
import { IconButton } from './icon-button.tsx';
import { useReportParts } from './report-parts.ts';
import './banner.css';

/** One line about the last import, for where the whole report would be in the way. */
export function ImportSummary() {
  const { t } = useTranslation();
  const imported = useImport((store) => store.imported);
  const parts = useReportParts(imported?.report ?? null);
  if (imported === null) return null;
  const clean = imported.report.rejected.length === 0;
  const Icon = clean ? CircleCheck : CircleAlert;
  return (
    <section className={`banner ${clean ? 'good' : 'wait'}`} aria-label={t('report.title')}>
      <Icon aria-hidden />
      <div className="banner-text">
        <p role="status">{parts.join('\u00a0· ')}</p>
        <Link className="banner-link" href="#/import">
          {t('report.details')}
        </Link>
      </div>
      <IconButton icon={X} label={t('notices.dismiss')} onPress={forgetImported} />
    </section>
  );
}
