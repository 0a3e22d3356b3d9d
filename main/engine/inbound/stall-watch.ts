/** What should come before `dueAt` (in milliseconds as performance.now() counts them), which may be moved on while it waits. */
export interface Waiting {
  readonly dueAt: number;
  onStall(): void;
}

export interface StallWatch {
  add(waiting: Waiting): void;
  delete(waiting: Waiting): void;
}

const coarsenessMs = 20;

/** Calls `onStall` once of what is added and not deleted before it is due. One timer for all, so that one more costs next to nothing. */
export function createStallWatch(): StallWatch {
  const all = new Set<Waiting>();
  let timer: NodeJS.Timeout | undefined;
  let wakesAt = Number.POSITIVE_INFINITY;
  const sweep = () => {
    wakesAt = Number.POSITIVE_INFINITY;
    const now = performance.now();
    for (const waiting of all) {
      if (waiting.dueAt > now) wakeAt(Math.max(waiting.dueAt, now + coarsenessMs));
      else {
        all.delete(waiting);
        waiting.onStall();
      }
    }
  };
  const wakeAt = (at: number) => {
    if (at >= wakesAt) return;
    wakesAt = at;
    clearTimeout(timer);
    timer = setTimeout(sweep, at - performance.now()).unref();
  };
  return {
    add(waiting) {
      all.add(waiting);
      wakeAt(waiting.dueAt);
    },
    delete: (waiting) => void all.delete(waiting),
  };
}
