import { useTranslation } from 'react-i18next';
import type { ImportReport } from '../../preload/contract.ts';

/** A report in a few short sentences, only those that say something. */
export function useReportParts(report: ImportReport | null): readonly string[] {
  const { t } = useTranslation();
  if (report === null) return [];
  const { added, notSpoken, duplicates, ignoredLines, rejected } = report;
  return [
    added === 0 ? t('report.addedNone') : t('report.added', { count: added }),
    ...(notSpoken === 0 ? [] : [t('report.notSpoken', { count: notSpoken })]),
    ...(duplicates === 0 ? [] : [t('report.duplicates', { count: duplicates })]),
    ...(rejected.length === 0 ? [] : [t('report.rejected', { count: rejected.length })]),
    ...(ignoredLines === 0 ? [] : [t('report.ignored', { count: ignoredLines })]),
  ];
}
