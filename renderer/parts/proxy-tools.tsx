import { Share2, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { call, useStore } from '../store.ts';
import { ChoosingDialog } from './choosing-dialog.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { SelectionTools } from './selection-tools.tsx';
import { ShareDialog, type Shared } from './share-dialog.tsx';
import { TestButton } from './test-button.tsx';
import { TestProgress } from './test-progress.tsx';
import type { Selected } from './use-selected.ts';
import './button.css';

interface ProxyToolsProps {
  readonly search: string;
  readonly selected: Selected;
}

/** What can be done with many proxies at once: with those that are selected, else with all or with those that the search finds. */
export const ProxyTools = ({ search, selected }: ProxyToolsProps) => (
  <div className="proxy-tools">
    {selected.ids.size > 0 ? <SelectionTools search={search} selected={selected} /> : <AllTools search={search} />}
    <TestProgress />
  </div>
);

function AllTools({ search }: { search: string }) {
  const { t } = useTranslation();
  const [confirming, setConfirming] = useState(false);
  const [sharing, setSharing] = useState<Shared | null>(null);
  const failing = useStore((store) => store.state?.proxies.failing ?? 0);
  return (
    <>
      <ChoosingDialog />
      <TestButton ids="all" label={t('proxies.testAll')} />
      <Button className="button" onPress={() => setSharing({ search })}>
        <Share2 aria-hidden />
        {t(search === '' ? 'proxies.export' : 'proxies.exportFound')}
      </Button>
      <ShareDialog what={sharing} onClose={() => setSharing(null)} />
      <Button className="button" isDisabled={failing === 0} onPress={() => setConfirming(true)}>
        <Trash2 aria-hidden />
        {t('proxies.removeFailing')}
      </Button>
      <ConfirmDialog
        isOpen={confirming}
        title={t('remove.failingTitle', { count: failing })}
        text={t('remove.failingText')}
        onConfirm={() => void call('removeProxies', { ids: 'failing' })}
        onClose={() => setConfirming(false)}
      />
    </>
  );
}
