import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import uPlot from 'uplot';
import type { Traffic } from '../../preload/contract.ts';
import 'uplot/dist/uPlot.min.css';

const seconds = 60;
const leastScale = 10_000; // bytes a second: a trickle should look like one

/** The last minute as two lines. A picture only: the figures stand beside it. */
export function TrafficGraph({ history }: { history: Traffic['history'] }) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  useEffect(() => {
    const box = place.current;
    if (box === null) return;
    const created = createPlot(box);
    plot.current = created;
    const resize = new ResizeObserver(() => created.setSize({ width: box.clientWidth, height: box.clientHeight }));
    resize.observe(box);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const redraw = () => created.redraw();
    scheme.addEventListener('change', redraw);
    return () => {
      scheme.removeEventListener('change', redraw);
      resize.disconnect();
      created.destroy();
    };
  }, []);
  useEffect(() => plot.current?.setData(dataOf(history)), [history]);
  return <div ref={place} className="graph" role="img" aria-label={t('traffic.graph')} />;
}

function createPlot(box: HTMLElement): uPlot {
  // Read at each drawing, so that light and dark follow the system.
  const ink = (name: string) => () => resolveColour(box, name);
  const series = (name: string): uPlot.Series => ({ stroke: ink(name), width: 1.75, points: { show: false } });
  return new uPlot(
    {
      width: box.clientWidth,
      height: box.clientHeight,
      padding: [4, 0, 2, 0],
      legend: { show: false },
      cursor: { show: false },
      axes: [{ show: false }, { show: false }],
      scales: { x: { time: false, range: [0, seconds - 1] }, y: { range: (_plot, _low, high) => [0, Math.max(leastScale, high * 1.1)] } },
      series: [{}, series('--down'), series('--up')],
    },
    dataOf([]),
    box,
  );
}

/** A custom property may hold light-dark(); only a real property gives the colour that it means now. */
function resolveColour(box: HTMLElement, name: string): string {
  const probe = box.ownerDocument.createElement('span');
  probe.style.color = `var(${name})`;
  box.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

/** Oldest left; a short history stands at the right edge, with nothing flowing before it. */
function dataOf(history: Traffic['history']): uPlot.AlignedData {
  const recent = history.slice(-seconds);
  const at = (second: number, direction: 0 | 1) => recent[second - (seconds - recent.length)]?.[direction] ?? 0;
  const xs = Array.from({ length: seconds }, (_, second) => second);
  return [xs, xs.map((second) => at(second, 1)), xs.map((second) => at(second, 0))];
}
