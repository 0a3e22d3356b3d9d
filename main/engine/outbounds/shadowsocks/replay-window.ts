const windowSize = 2048;

/** Tells, once for each, whether a number is new. They come about in their order; one that is far behind the highest counts as seen. */
export function createReplayWindow(): (number: number) => boolean {
  const seen = new Float64Array(windowSize).fill(-1);
  let highest = -1;
  return (number) => {
    const slot = number % windowSize;
    if (number <= highest - windowSize || seen[slot] === number) return false;
    seen[slot] = number;
    highest = Math.max(highest, number);
    return true;
  };
}
