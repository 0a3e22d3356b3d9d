import { ChevronDown } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button, Disclosure, DisclosurePanel, Heading } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { SwitchEvent } from '../../preload/contract.ts';
import { useFormats } from '../format.ts';
import { read, useStore } from '../store.ts';
import { useSwitchSentence } from './use-why.ts';
import './switches-card.css';

/** The last switches with their reasons, newest first; asked for only while they are looked at. */
export function SwitchesCard() {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  const switches = useSwitches(isOpen);
  return (
    <Disclosure className="card switches" isExpanded={isOpen} onExpandedChange={setOpen}>
      <Heading level={2}>
        <Button slot="trigger" className="switches-trigger">
          {t('why.timeline')}
          <ChevronDown aria-hidden />
        </Button>
      </Heading>
      <DisclosurePanel className="switches-panel">
        {switches?.length === 0 && <p className="soft">{t('why.nothing')}</p>}
        {switches !== null && switches.length > 0 && (
          <ol>
            {switches.map((event) => (
              <SwitchItem key={`${event.at} ${event.from?.id} ${event.to?.id}`} event={event} />
            ))}
          </ol>
        )}
      </DisclosurePanel>
    </Disclosure>
  );
}

/** null until they have come. */
function useSwitches(isWanted: boolean): readonly SwitchEvent[] | null {
  const [switches, setSwitches] = useState<readonly SwitchEvent[] | null>(null);
  useEffect(() => {
    if (!isWanted) return;
    let closed = false;
    const load = async () => {
      const outcome = await read('listSwitches', {});
      if (outcome.ok && !closed) setSwitches(outcome.value);
    };
    void load();
    const unsubscribe = useStore.subscribe(({ state }, { state: before }) => {
      if (state?.lastSwitch?.at !== before?.lastSwitch?.at) void load();
    });
    return () => {
      closed = true;
      unsubscribe();
    };
  }, [isWanted]);
  return switches;
}

function SwitchItem({ event }: { event: SwitchEvent }) {
  const { t } = useTranslation();
  const { time } = useFormats();
  const sentence = useSwitchSentence();
  return (
    <li className={event.to === null ? 'bad' : ''}>
      <time dateTime={new Date(event.at).toISOString()}>{time(event.at, 'second')}</time>
      <div>
        <p className="switch-name">{event.to === null ? t('why.none') : <bdi>{event.to.label}</bdi>}</p>
        <p className="soft">{sentence(event)}</p>
      </div>
    </li>
  );
}
