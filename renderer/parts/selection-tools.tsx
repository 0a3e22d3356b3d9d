import { CheckCheck, Share2, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { call } from '../store.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { IconButton } from './icon-button.tsx';
import { ShareDialog, type Shared } from './share-dialog.tsx';
import { TestButton } from './test-button.tsx';
import type { Selected } from './use-selected.ts';
import './button.css';

interface SelectionToolsProps {
  readonly search: string;
  readonly selected: Selected;
}

/** What can be done with the proxies that the person has selected. */
export function SelectionTools({ search, selected: { ids, addFound, clear } }: SelectionToolsProps) {
  const { t } = useTranslation();
  const [sharing, setSharing] = useState<Shared | null>(null);
  const [confirming, setConfirming] = useState(false);
  const count = ids.size;
  return (
    <>
      <span className="selection-count">
        <IconButton icon={X} label={t('selection.clear')} onPress={clear} />
        <span role="status">{t('selection.count', { count })}</span>
        <IconButton icon={CheckCheck} label={t(search === '' ? 'selection.all' : 'selection.allFound')} onPress={addFound} />
      </span>
      <TestButton ids={[...ids]} label={t('row.test')} />
      <Button className="button" onPress={() => setSharing({ ids: [...ids] })}>
        <Share2 aria-hidden />
        {t('proxies.export')}
      </Button>
      <Button className="button" onPress={() => setConfirming(true)}>
        <Trash2 aria-hidden />
        {t('row.remove')}
      </Button>
      <ShareDialog what={sharing} onClose={() => setSharing(null)} />
      <ConfirmDialog
        isOpen={confirming}
        title={t('selection.removeTitle', { count })}
        text={t('selection.removeText')}
        onConfirm={() => void call('removeProxies', { ids: [...ids] }).then(clear)}
        onClose={() => setConfirming(false)}
      />
    </>
  );
}
