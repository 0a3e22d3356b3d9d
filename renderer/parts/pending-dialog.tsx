import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { PendingImport } from '../../preload/contract.ts';
import { showImported } from '../importing.ts';
import { call, useStore } from '../store.ts';
import { Ltr } from './ltr.tsx';
import './button.css';
import './dialog.css';

/** A link was opened: nothing is added before the person has said yes. */
export function PendingDialog() {
  const pending = useStore((store) => (store.contact === 'held' ? (store.state?.pending ?? null) : null));
  return (
    <ModalOverlay className="dialog-overlay" isOpen={pending !== null} onOpenChange={(open) => !open && void answer(false)}>
      <Modal className="dialog-modal">{pending !== null && <Question pending={pending} />}</Modal>
    </ModalOverlay>
  );
}

function Question({ pending }: { pending: PendingImport }) {
  const { t } = useTranslation();
  const lists = pending.subscriptions;
  const further = pending.links - pending.addresses.length;
  const usable = pending.links + lists.length > 0;
  const isForLists = pending.links === 0 && lists.length > 0;
  return (
    <Dialog className="dialog">
      <Heading slot="title" level={2}>
        {isForLists ? t('subscriptions.offer', { count: lists.length }) : t('pending.title', { count: pending.links })}
      </Heading>
      {!isForLists && <p className="soft">{usable ? t('pending.lead') : t('pending.none')}</p>}
      {lists.length > 0 && <p className="soft">{t('subscriptions.offerLead')}</p>}
      {usable && (
        <ul className="dialog-list">
          {pending.addresses.map((address) => (
            <li key={address}>
              <Ltr>{address}</Ltr>
            </li>
          ))}
          {further > 0 && <li>{t('pending.more', { count: further })}</li>}
          {lists.map(({ host, name }) => (
            <li key={`${host} ${name}`}>
              <Ltr>{host}</Ltr>
              {name !== '' && ' · '}
              <bdi>{name}</bdi>
            </li>
          ))}
        </ul>
      )}
      {lists.some(({ isPlain }) => isPlain) && <p className="dialog-warning">{t('subscriptions.plain')}</p>}
      {pending.rejected > 0 && <p className="soft">{t('pending.rejected', { count: pending.rejected })}</p>}
      <div className="dialog-actions">
        <Button autoFocus className="button" onPress={() => void answer(false)}>
          {usable ? t('pending.decline') : t('pending.close')}
        </Button>
        {usable && (
          <Button className="button primary" onPress={() => void answer(true)}>
            {isForLists ? t('subscriptions.accept') : t('pending.accept')}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

async function answer(accept: boolean): Promise<void> {
  const outcome = await call('answerPending', { accept });
  if (outcome.ok && outcome.value !== null) showImported(outcome.value);
}
