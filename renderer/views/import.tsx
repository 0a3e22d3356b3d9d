import { useTranslation } from 'react-i18next';
import { ImportReportCard } from '../parts/import-report.tsx';
import { PasteBox } from '../parts/paste-box.tsx';
import { SettingSwitch } from '../parts/setting-switch.tsx';
import { SubscriptionsCard } from '../parts/subscriptions-card.tsx';
import { host } from '../store.ts';

// On macOS a scheme must be listed in the bundle, and listing tg would claim it from Telegram at install.
const canClaimLinks = host === 'desktop' && !navigator.userAgent.includes('Macintosh');

/** Adding links, and what became of each line. */
export function ImportView() {
  const { t } = useTranslation();
  return (
    <>
      <header className="view-header">
        <h1 tabIndex={-1}>{t('import.title')}</h1>
        <p className="soft">{t('import.lead')}</p>
      </header>
      <PasteBox />
      <ImportReportCard />
      <SubscriptionsCard />
      {canClaimLinks && <SettingSwitch name="claimTelegramLinks" />}
    </>
  );
}
