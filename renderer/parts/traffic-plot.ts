import uPlot from 'uplot';
import type { Traffic } from '../../preload/contract.ts';
import 'uplot/dist/uPlot.min.css';

const seconds = 60;
const leastScale = 10_000; // bytes a second: a trickle should look like one

export interface TrafficPlot {
  readonly show: (history: Traffic['history']) => void;
  readonly close: () => void;
}

/** Draws into `box` and follows its size, and light and dark, until closed. Its colours are the box's --down and --up. */
export function drawTraffic(box: HTMLElement): TrafficPlot {
  const plot = createPlot(box);
  const resize = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: box.clientHeight }));
  resize.observe(box);
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const redraw = () => plot.redraw();
  scheme.addEventListener('change', redraw);
  return {
    show: (history) => plot.setData(dataOf(history)),
    close: () => {
      scheme.removeEventListener('change', redraw);
      resize.disconnect();
      plot.destroy();
    },
  };
}

function createPlot(box: HTMLElement): uPlot {
  const line = (name: string): uPlot.Series => ({ stroke: () => colourOf(box, name), width: 1.75, points: { show: false } });
  return new uPlot(
    {
      width: box.clientWidth,
      height: box.clientHeight,
      padding: [4, 0, 2, 0],
      legend: { show: false },
      cursor: { show: false },
      axes: [{ show: false }, { show: false }],
      scales: { x: { time: false, range: [0, seconds - 1] }, y: { range: (_plot, _low, high) => [0, Math.max(leastScale, high * 1.1)] } },
      series: [{}, line('--down'), line('--up')],
    },
    dataOf([]),
    box,
  );
}

/** A custom property may hold light-dark(): only a real property tells the colour that it means now. */
function colourOf(box: HTMLElement, name: string): string {
  const probe = document.createElement('span');
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
