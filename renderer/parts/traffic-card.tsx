import { ArrowDown, ArrowUp } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Traffic } from '../../preload/contract.ts';
import { useFormats } from '../format.ts';
import { useStore } from '../store.ts';
import { TrafficGraph } from './traffic-graph.tsx';
import './traffic-card.css';

const nothing: Traffic = { connections: 0, upBytesPerSecond: 0, downBytesPerSecond: 0, upBytes: 0, downBytes: 0, history: [] };

/** How much flows: now, during the last minute, and since the start. */
export function TrafficCard() {
  const { t } = useTranslation();
  const { bytes, bytesPerSecond, number } = useFormats();
  const traffic = useStore((store) => (store.contact === 'held' ? store.state?.traffic : undefined)) ?? nothing;
  return (
    <section className="card traffic" aria-labelledby="traffic-title">
      <h2 id="traffic-title">{t('traffic.title')}</h2>
      <dl className="rates">
        <div className="down">
          <dt>
            <ArrowDown aria-hidden />
            {t('traffic.down')}
          </dt>
          <dd>{bytesPerSecond(traffic.downBytesPerSecond)}</dd>
        </div>
        <div className="up">
          <dt>
            <ArrowUp aria-hidden />
            {t('traffic.up')}
          </dt>
          <dd>{bytesPerSecond(traffic.upBytesPerSecond)}</dd>
        </div>
      </dl>
      <TrafficGraph history={traffic.history} />
      <dl className="totals">
        <div>
          <dt>{t('traffic.connections')}</dt>
          <dd>{number(traffic.connections)}</dd>
        </div>
        <div>
          <dt>{t('traffic.since')}</dt>
          <dd>
            <ArrowDown aria-label={t('traffic.down')} role="img" />
            <bdi>{bytes(traffic.downBytes)}</bdi> <ArrowUp aria-label={t('traffic.up')} role="img" />
            <bdi>{bytes(traffic.upBytes)}</bdi>
          </dd>
        </div>
      </dl>
    </section>
  );
}
