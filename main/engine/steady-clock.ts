/** A difference between the two clocks that is no inaccuracy any more. */
const stepMs = 1000;

/**
 * A clock for waiting and forgetting: milliseconds since 1970 at first, and never back. The time that the computer sleeps counts, which Node's own
 * steady clock does not see on every system; where the computer's clock is set back (after a start with a wrong one, as beside another system)
 * it goes on, so that nothing that is over in a minute takes hours.
 */
export function createSteadyClock(wall = Date.now, monotonic = () => performance.now()): () => number {
  let ahead = wall() - monotonic();
  let offset = ahead;
  return () => {
    const now = monotonic();
    const step = wall() - now - ahead;
    if (Math.abs(step) > stepMs) {
      ahead += step;
      offset += Math.max(0, step);
    }
    return Math.round(offset + now);
  };
}
