import { Pin, RefreshCw, Trash2 } from 'lucide-react';
import { GridListItem } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { ProxyRow } from '../../preload/contract.ts';
import { useFormats } from '../format.ts';
import { call } from '../store.ts';
import { CopyIconButton } from './copy-button.tsx';
import { IconButton, IconToggle } from './icon-button.tsx';
import { linksOf } from './links-of.ts';
import { PrivacyHint } from './privacy-hint.tsx';
import './proxy-item.css';

interface ProxyItemProps {
  readonly id: string;
  readonly row: ProxyRow;
  readonly inUse: boolean;
  readonly onRemove: (row: ProxyRow) => void;
}

/** One proxy: how it is, what it is called, and what can be done with it. */
export function ProxyItem({ id, row, inUse, onRemove }: ProxyItemProps) {
  const { t } = useTranslation();
  const health = useHealthText(row);
  return (
    <GridListItem id={id} className="proxy-item" textValue={`${row.label}, ${row.protocol}, ${health.spoken}`}>
      <HealthDot row={row} />
      <div className="proxy-text">
        <p className="proxy-name">
          <bdi>{row.label}</bdi>
          {row.pinned ? <span className="badge">{t('row.pinned')}</span> : inUse && <span className="badge">{t('row.inUse')}</span>}
          {row.address !== row.label && (
            <bdi dir="ltr" className="proxy-address">
              {row.address}
            </bdi>
          )}
        </p>
        <div className="facts">
          <span>{row.protocol}</span>
          {!row.encrypted && <PrivacyHint />}
        </div>
        {row.health === 'failing' && row.reason !== null && <p className="proxy-reason">{t(`errors.${row.reason}`)}</p>}
      </div>
      <p className={`proxy-health ${tones[row.health]}`}>{health.shown}</p>
      <div className="proxy-actions">
        <IconToggle
          icon={Pin}
          label={t('row.pin')}
          isSelected={row.pinned}
          onChange={(pinned) => void call('pinProxy', { id: pinned ? row.id : null })}
        />
        <IconButton icon={RefreshCw} label={t('row.test')} onPress={() => void call('testProxies', { ids: [row.id] })} />
        <CopyIconButton label={t('row.copyLink')} text={() => linksOf([row.id])} />
        <IconButton icon={Trash2} label={t('row.remove')} onPress={() => onRemove(row)} />
      </div>
    </GridListItem>
  );
}

const tones = { untested: 'still', testing: 'wait', working: 'good', failing: 'bad' } as const;

const HealthDot = ({ row }: { row: ProxyRow }) => <span className={`dot ${tones[row.health]}`} aria-hidden />;

/** In the list, a latency says that it works; by itself it would not. */
function useHealthText({ health, latencyMs }: ProxyRow): { shown: string; spoken: string } {
  const { t } = useTranslation();
  const { latency } = useFormats();
  if (health === 'working' && latencyMs !== null) {
    return { shown: latency(latencyMs), spoken: t('row.latency', { latency: latency(latencyMs) }) };
  }
  const name = t(`row.${health}`);
  return { shown: name, spoken: name };
}
