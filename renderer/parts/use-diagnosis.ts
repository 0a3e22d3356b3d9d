import { useCallback, useEffect, useRef, useState } from 'react';
import type { Diagnosis } from '../../preload/diagnosis.ts';
import { call, read, useStore } from '../store.ts';

export interface Looking {
  /** null before the first has come. */
  readonly diagnosis: Diagnosis | null;
  readonly isLooking: boolean;
  /** Whether the last thing done was a repair. */
  readonly isRepaired: boolean;
  readonly look: () => void;
  readonly repair: (id: string) => Promise<void>;
}

/** Looks once when it is shown, when asked, after each repair, and when direct connections become allowed. */
export function useDiagnosis(): Looking {
  const [diagnosis, setDiagnosis] = useState<Diagnosis | null>(null);
  const [isLooking, setLooking] = useState(false);
  const [isRepaired, setRepaired] = useState(false);
  const isDirectAllowed = useStore((store) => store.state?.settings.allowDirectCheck ?? null);
  const newest = useRef(0);
  const look = useCallback(async (ask: typeof call = call) => {
    const turn = ++newest.current;
    setLooking(true);
    const outcome = await ask('diagnose', {});
    if (turn !== newest.current) return; // what was asked later knows better
    if (outcome.ok) setDiagnosis(outcome.value);
    setLooking(false);
  }, []);
  useEffect(() => {
    if (isDirectAllowed !== null) void look();
  }, [isDirectAllowed, look]);
  return {
    diagnosis,
    isLooking,
    isRepaired,
    look: () => {
      setRepaired(false);
      void look();
    },
    async repair(id) {
      const outcome = await call('repair', { id });
      setRepaired(outcome.ok);
      await look(read); // why a repair failed stays said
    },
  };
}
