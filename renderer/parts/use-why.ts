import { useTranslation } from 'react-i18next';
import type { AppState, SwitchEvent } from '../../preload/contract.ts';
import { useFormats } from '../format.ts';
import { useStore } from '../store.ts';

/** Why new connections took another proxy, in one sentence. */
export function useSwitchSentence(): (event: SwitchEvent) => string {
  const { t } = useTranslation();
  const { latency } = useFormats();
  return ({ reason, code, fromMs, toMs }) => {
    switch (reason) {
      case 'better':
        return fromMs === null || toMs === null ? t('why.faster') : t('why.better', { to: latency(toMs), from: latency(fromMs) });
      case 'failed':
        return code === null ? t('why.stopped') : t('why.failed', { reason: t(`errors.${code}`) });
      default:
        return t(`why.${reason}`);
    }
  };
}

/** Why the proxy in use is in use; null where one proxy alone is not what the person chose. */
export function useWhy(): string | null {
  const { t } = useTranslation();
  const { time } = useFormats();
  const sentence = useSwitchSentence();
  const state = useStore((store) => store.state);
  if (state === null || state.active === null) return null;
  if (state.pinnedId !== null)
    return state.pinnedUntil === null ? t('why.pinned') : t('why.pinnedUntil', { time: time(state.pinnedUntil) });
  const { lastSwitch } = state;
  return lastSwitch !== null && isAbout(lastSwitch, state) ? sentence(lastSwitch) : null;
}

const isAbout = ({ to }: SwitchEvent, { active, settings }: AppState) => settings.mode === 'automatic' && to?.id === active?.id;
