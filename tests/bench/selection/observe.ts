/** Loaded into the program with `--import`: tells on standard error, twice a second, how late its event loop is and how large it is. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

const resolutionMs = 5;
const delay = monitorEventLoopDelay({ resolution: resolutionMs });
delay.enable();

setInterval(() => {
  const loopP99Ms = Math.max(0, delay.percentile(99) / 1e6 - resolutionMs); // the histogram is of whole intervals
  const loopMaxMs = Math.max(0, delay.max / 1e6 - resolutionMs);
  process.stderr.write(`${JSON.stringify({ loopP99Ms, loopMaxMs, rssMb: process.memoryUsage.rss() / 2 ** 20 })}\n`);
}, 500).unref();
