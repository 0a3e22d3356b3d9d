import { useEffect, useState } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { PendingImport } from '../../preload/contract.ts';
import { showImported } from '../importing.ts';
import { call, useStore } from '../store.ts';
import { Ltr } from './ltr.tsx';
import './button.css';
import './dialog.css';

/** A page can open a link at the moment of a click that was meant for something else: a yes counts only for what could be read before. */
const readingMs = 700;

/** A link was opened: nothing is added before the person has said yes. */
export function PendingDialog() {
  const pending = useStore((store) => (store.contact === 'held' ? (store.state?.pending ?? null) : null));
  const decline = () => pending !== null && void answer(pending, false);
  return (
    <ModalOverlay className="dialog-overlay" isOpen={pending !== null} onOpenChange={(open) => !open && decline()}>
      <Modal className="dialog-modal">{pending !== null && <Question key={pending.id} pending={pending} />}</Modal>
    </ModalOverlay>
  );
}

function Question({ pending }: { pending: PendingImport }) {
  const { t } = useTranslation();
  const [isReadable, setReadable] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setReadable(true), readingMs);
    return () => clearTimeout(timer);
  }, []);
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
        <Button autoFocus className="button" onPress={() => void answer(pending, false)}>
          {usable ? t('pending.decline') : t('pending.close')}
        </Button>
        {usable && (
          <Button className="button primary" isDisabled={!isReadable} onPress={() => void answer(pending, true)}>
            {isForLists ? t('subscriptions.accept') : t('pending.accept')}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

async function answer({ id }: PendingImport, accept: boolean): Promise<void> {
  const outcome = await call('answerPending', { id, accept });
  if (outcome.ok && outcome.value !== null) showImported(outcome.value);
}
