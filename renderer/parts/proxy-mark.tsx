import { Check } from 'lucide-react';
import { Checkbox } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import './proxy-mark.css';

/** How a proxy is, as a dot; the mark of what is selected takes its place where somebody looks or selects. */
export function ProxyMark({ tone }: { tone: string }) {
  const { t } = useTranslation();
  return (
    <div className="proxy-mark">
      <span className={`dot ${tone}`} aria-hidden />
      <Checkbox slot="selection" className="check" aria-label={t('selection.select')} excludeFromTabOrder>
        <span className="check-box" aria-hidden>
          <Check />
        </span>
      </Checkbox>
    </div>
  );
}
