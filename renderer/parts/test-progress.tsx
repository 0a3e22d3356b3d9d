import { ProgressBar } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useStore } from '../store.ts';
import './progress.css';

/** How far the tests are and what came of them; nothing while none run. */
export function TestProgress() {
  const { t } = useTranslation();
  const testing = useStore((store) => store.state?.testing ?? null);
  const working = useStore((store) => store.state?.proxies.working ?? 0);
  if (testing === null) return null;
  const { done, total } = testing;
  const count = t('proxies.testCount', { done, total, count: working });
  return (
    <ProgressBar className="progress" aria-label={t('proxies.testProgress')} value={done} maxValue={Math.max(1, total)} valueLabel={count}>
      {({ percentage = 0, valueText }) => (
        <>
          <progress aria-hidden value={percentage} max={100} />
          <span>{valueText}</span>
        </>
      )}
    </ProgressBar>
  );
}
