import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Traffic } from '../../preload/contract.ts';
import type { TrafficPlot } from './traffic-plot.ts';

/** The last minute as two lines. A picture only: the figures stand beside it. */
export function TrafficGraph({ history }: { history: Traffic['history'] }) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const [plot, setPlot] = useState<TrafficPlot | null>(null);
  useEffect(() => {
    const draw = new AbortController();
    // Loaded apart: uPlot throws as it loads where the browser's language is not one for Intl, and the page must live without it.
    import('./traffic-plot.ts').then(
      ({ drawTraffic }) => {
        if (draw.signal.aborted || place.current === null) return;
        const created = drawTraffic(place.current);
        draw.signal.addEventListener('abort', created.close);
        setPlot(created);
      },
      () => {},
    );
    return () => draw.abort();
  }, []);
  useEffect(() => plot?.show(history), [plot, history]);
  return <div ref={place} className="graph" role="img" aria-label={t('traffic.graph')} />;
}
