import { RefreshCw, Trash2, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SubscriptionRow } from '../../preload/subscriptions.ts';
import { isolated, useFormats } from '../format.ts';
import { call, useStore } from '../store.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { IconButton } from './icon-button.tsx';
import { Ltr } from './ltr.tsx';
import { SettingSwitch } from './setting-switch.tsx';
import './progress.css';
import './subscriptions-card.css';

/** The lists that the person subscribed to; nothing where there are none. */
export function SubscriptionsCard() {
  const { t } = useTranslation();
  const rows = useStore((store) => store.state?.subscriptions ?? none);
  const [doomed, setDoomed] = useState<SubscriptionRow | null>(null);
  if (rows.length === 0) return null;
  return (
    <section className="card subscriptions" aria-labelledby="subscriptions-title">
      <h2 id="subscriptions-title">{t('subscriptions.title')}</h2>
      <p className="soft">{t('subscriptions.lead')}</p>
      <ul>
        {rows.map((row) => (
          <SubscriptionItem key={row.id} row={row} onRemove={() => setDoomed(row)} />
        ))}
      </ul>
      <SettingSwitch name="allowDirectFetch" />
      <ConfirmDialog
        isOpen={doomed !== null}
        title={t('subscriptions.removeTitle')}
        text={t('subscriptions.removeText')}
        onConfirm={() => doomed && void call('removeSubscription', { id: doomed.id })}
        onClose={() => setDoomed(null)}
      >
        <p className="dialog-name">
          <bdi>{doomed && nameOf(doomed)}</bdi>
        </p>
      </ConfirmDialog>
    </section>
  );
}

const none: readonly SubscriptionRow[] = [];
const nameOf = ({ name, host }: SubscriptionRow) => name || host;

function SubscriptionItem({ row, onRemove }: { row: SubscriptionRow; onRemove: () => void }) {
  const { t } = useTranslation();
  const { time } = useFormats();
  const name = isolated(nameOf(row));
  const when = row.updatedAt === null ? t('subscriptions.never') : t('subscriptions.updated', { time: time(row.updatedAt) });
  return (
    <li>
      <div className="subscription">
        <p className="subscription-name">
          <bdi>{nameOf(row)}</bdi>
          {row.name !== '' && <Ltr className="soft subscription-host">{row.host}</Ltr>}
        </p>
        <p className="soft" aria-live="polite">
          {row.isUpdating ? t('subscriptions.updating') : `${t('subscriptions.proxies', { count: row.proxies })} · ${when}`}
        </p>
        {row.result !== null && !row.isUpdating && (
          <p className="subscription-failure">{t('subscriptions.kept', { reason: t(`errors.${row.result}`) })}</p>
        )}
        {row.isPlain && (
          <p className="subscription-plain">
            <TriangleAlert aria-hidden />
            {t('subscriptions.plain')}
          </p>
        )}
        <Quota row={row} />
      </div>
      <IconButton
        icon={RefreshCw}
        label={t('subscriptions.update', { name })}
        isDisabled={row.isUpdating}
        onPress={() => void call('updateSubscriptions', { ids: [row.id] })}
      />
      <IconButton icon={Trash2} label={t('subscriptions.remove', { name })} onPress={onRemove} />
    </li>
  );
}

/** How much of what was paid for is used, and until when it lasts, as the list says. */
function Quota({ row: { usedBytes, totalBytes, expiresAt } }: { row: SubscriptionRow }) {
  const { t } = useTranslation();
  const { bytes, date } = useFormats();
  const amount =
    usedBytes === null
      ? null
      : totalBytes === null
        ? t('subscriptions.used', { used: bytes(usedBytes) })
        : t('subscriptions.quota', { used: bytes(usedBytes), total: bytes(totalBytes) });
  const end =
    expiresAt === null ? null : t(expiresAt < Date.now() ? 'subscriptions.expired' : 'subscriptions.expires', { date: date(expiresAt) });
  if (amount === null && end === null) return null;
  const rest = restOf({ usedBytes, totalBytes, expiresAt });
  return (
    <>
      <div className={`progress ${rest}`}>
        {usedBytes !== null && totalBytes !== null && <progress value={Math.min(usedBytes, totalBytes)} max={totalBytes} aria-hidden />}
        <span>{[amount, end].filter((part) => part !== null).join(' · ')}</span>
      </div>
      {rest !== 'enough' && <p className={`subscription-rest ${rest}`}>{t(`subscriptions.${rest}`)}</p>}
    </>
  );
}

/** `low`: a tenth or three days are left. */
function restOf({ usedBytes, totalBytes, expiresAt }: Pick<SubscriptionRow, 'usedBytes' | 'totalBytes' | 'expiresAt'>) {
  const left = totalBytes === null ? 1 : 1 - (usedBytes ?? 0) / totalBytes;
  const leftMs = (expiresAt ?? Number.POSITIVE_INFINITY) - Date.now();
  if (left <= 0 || leftMs <= 0) return 'none';
  return left <= 0.1 || leftMs <= 3 * dayMs ? 'low' : 'enough';
}

const dayMs = 86_400_000;
