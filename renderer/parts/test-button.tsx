import { RefreshCw, Square } from 'lucide-react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { call, useStore } from '../store.ts';
import './button.css';

interface TestButtonProps {
  readonly ids: readonly string[] | 'all';
  readonly label: string;
}

/** Tests these proxies; while tests run it stops them. One button, so that the keyboard stays where it is. */
export function TestButton({ ids, label }: TestButtonProps) {
  const { t } = useTranslation();
  const running = useStore((store) => store.state !== null && store.state.testing !== null);
  const Icon = running ? Square : RefreshCw;
  return (
    <Button className="button" onPress={() => void (running ? call('cancelTests', {}) : call('testProxies', { ids }))}>
      <Icon aria-hidden />
      {running ? t('proxies.cancelTests') : label}
    </Button>
  );
}
