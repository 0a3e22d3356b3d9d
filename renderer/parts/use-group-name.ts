import { useTranslation } from 'react-i18next';

/** What a group is called: its source, where it has one. */
export function useGroupName(): (group: string | null) => string {
  const { t } = useTranslation();
  return (group) => (group === null ? t('choosing.allSources') : group === '' ? t('choosing.pasted') : group);
}
