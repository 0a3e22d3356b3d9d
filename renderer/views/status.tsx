import { EndpointCard } from '../parts/endpoint-card.tsx';
import { FirstRun } from '../parts/first-run.tsx';
import { Hero } from '../parts/hero.tsx';
import { ImportSummary } from '../parts/import-summary.tsx';
import { lookOf } from '../parts/look.ts';
import { SiteLine } from '../parts/site-line.tsx';
import { SwitchesCard } from '../parts/switches-card.tsx';
import { SystemProxyCard } from '../parts/system-proxy-card.tsx';
import { TrafficCard } from '../parts/traffic-card.tsx';
import { useStore } from '../store.ts';
import './status.css';

/** Whether traffic flows, through which proxy, how fast, and how to use it. */
export function StatusView() {
  const look = useStore((store) => lookOf(store.state, store.contact));
  const known = useStore((store) => store.state !== null);
  const isSystemOurs = useStore(({ state }) => state?.systemProxy?.status === 'on' || state?.systemProxy?.status === 'changed');
  if (look.state === 'no-proxies') {
    return (
      <>
        <FirstRun />
        {isSystemOurs && <SystemProxyCard />}
      </>
    );
  }
  return (
    <>
      <Hero look={look} />
      <ImportSummary />
      {known && (
        <>
          <SystemProxyCard />
          <div className="status-cards">
            <EndpointCard />
            <TrafficCard />
          </div>
          <SwitchesCard />
        </>
      )}
      <SiteLine />
    </>
  );
}
