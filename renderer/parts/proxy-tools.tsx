import { RefreshCw, Share2, Square, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { call, useStore } from '../store.ts';
import { ChoosingDialog } from './choosing-dialog.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { ShareDialog, type Shared } from './share-dialog.tsx';
import { TestProgress } from './test-progress.tsx';
import './button.css';

/** What can be done with all proxies at once, or with those that the search finds. */
export function ProxyTools({ search }: { search: string }) {
  const { t } = useTranslation();
  const [confirming, setConfirming] = useState(false);
  const [sharing, setSharing] = useState<Shared | null>(null);
  const testing = useStore((store) => store.state?.testing ?? null);
  const failing = useStore((store) => store.state?.proxies.failing ?? 0);
  return (
    <div className="proxy-tools">
      <ChoosingDialog />
      {testing === null ? (
        <Button className="button" onPress={() => void call('testProxies', { ids: 'all' })}>
          <RefreshCw aria-hidden />
          {t('proxies.testAll')}
        </Button>
      ) : (
        <Button className="button" onPress={() => void call('cancelTests', {})}>
          <Square aria-hidden />
          {t('proxies.cancelTests')}
        </Button>
      )}
      <Button className="button" onPress={() => setSharing({ search })}>
        <Share2 aria-hidden />
        {t(search === '' ? 'proxies.export' : 'proxies.exportFound')}
      </Button>
      <ShareDialog what={sharing} onClose={() => setSharing(null)} />
      <Button className="button" isDisabled={failing === 0} onPress={() => setConfirming(true)}>
        <Trash2 aria-hidden />
        {t('proxies.removeFailing')}
      </Button>
      <TestProgress />
      <ConfirmDialog
        isOpen={confirming}
        title={t('remove.failingTitle', { count: failing })}
        text={t('remove.failingText')}
        onConfirm={() => void call('removeProxies', { ids: 'failing' })}
        onClose={() => setConfirming(false)}
      />
    </div>
  );
}
