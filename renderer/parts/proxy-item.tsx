import { Pin } from 'lucide-react';
import { GridListItem } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { ProxyRow } from '../../preload/contract.ts';
import { isolated, useFormats } from '../format.ts';
import { call, useStore } from '../store.ts';
import { Said, useCopy } from './copy-button.tsx';
import { IconToggle } from './icon-button.tsx';
import { linksOf } from './links-of.ts';
import { Ltr } from './ltr.tsx';
import { PrivacyHint } from './privacy-hint.tsx';
import { ProxyMark } from './proxy-mark.tsx';
import { ProxyMenu } from './proxy-menu.tsx';
import './proxy-item.css';

interface ProxyItemProps {
  readonly id: string;
  readonly row: ProxyRow;
  readonly inUse: boolean;
  readonly onShare: (row: ProxyRow) => void;
  readonly onRemove: (row: ProxyRow) => void;
}

/** One proxy: how it is, what it is called, and what can be done with it. */
export function ProxyItem({ id, row, inUse, onShare, onRemove }: ProxyItemProps) {
  const { t } = useTranslation();
  const health = useHealthText(row);
  const { result, copy } = useCopy(() => linksOf([row.id]));
  return (
    <GridListItem
      id={id}
      className={`proxy-item ${row.notSpoken === null ? '' : 'not-spoken'}`}
      textValue={`${row.label}, ${row.protocol}, ${health.spoken}`}
    >
      <ProxyMark tone={toneOf(row)} />
      <div className="proxy-text">
        <p className="proxy-name">
          <bdi title={row.label}>{row.label}</bdi>
          {row.pinned ? <PinnedBadge /> : inUse && <span className="badge">{t('row.inUse')}</span>}
          {row.address !== row.label && <Ltr className="proxy-address">{row.address}</Ltr>}
        </p>
        <div className="facts">
          <span>{row.protocol}</span>
          {row.source !== '' && <span>{t('row.source', { source: isolated(row.source) })}</span>}
          <PrivacyHint row={row} />
        </div>
        {row.notSpoken !== null && <p className="proxy-note">{t('row.notSpokenWhy', { name: isolated(row.notSpoken) })}</p>}
        {row.health === 'failing' && row.reason !== null && !row.excluded && <p className="proxy-reason">{t(`errors.${row.reason}`)}</p>}
      </div>
      <p className={`proxy-health ${toneOf(row)}`}>{result === null ? health.shown : t(`common.${result}`)}</p>
      <Said result={result} />
      <div className="proxy-actions">
        {row.notSpoken === null && (
          <IconToggle
            icon={Pin}
            label={t('row.pin')}
            isSelected={row.pinned}
            onChange={(pinned) => void call('pinProxy', { id: pinned ? row.id : null })}
          />
        )}
        <ProxyMenu row={row} onCopy={copy} onShare={() => onShare(row)} onRemove={() => onRemove(row)} />
      </div>
    </GridListItem>
  );
}

const tones = { untested: 'still', testing: 'wait', working: 'good', failing: 'bad' } as const;

const toneOf = ({ excluded, health, notSpoken }: ProxyRow) => (excluded || notSpoken !== null ? 'still' : tones[health]);

function PinnedBadge() {
  const { t } = useTranslation();
  const { time } = useFormats();
  const until = useStore((store) => store.state?.pinnedUntil ?? null);
  return <span className="badge">{until === null ? t('row.pinned') : t('row.pinnedUntil', { time: time(until) })}</span>;
}

/** In the list, a latency says that it works; by itself it would not. */
function useHealthText({ excluded, health, latencyMs, notSpoken }: ProxyRow): { shown: string; spoken: string } {
  const { t } = useTranslation();
  const { latency } = useFormats();
  if (notSpoken !== null) return { shown: t('row.notSpoken'), spoken: t('row.notSpoken') };
  if (excluded) return { shown: t('row.excluded'), spoken: t('row.excluded') };
  if (health === 'working' && latencyMs !== null) {
    return { shown: latency(latencyMs), spoken: t('row.latency', { latency: latency(latencyMs) }) };
  }
  const name = t(`row.${health}`);
  return { shown: name, spoken: name };
}
