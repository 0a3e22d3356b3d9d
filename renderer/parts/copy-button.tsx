import { Check, Copy, type LucideIcon, TriangleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import './button.css';
import './copy-button.css';

const shownForMs = 2500;

interface CopyButtonProps {
  readonly label: string;
  /** Asked for when pressed. null: could not be had, and the person already knows why. */
  readonly text: () => Promise<string | null>;
  readonly isDisabled?: boolean;
}

/** Copies, and says so where the person is looking and to a screen reader. */
export function CopyButton({ label, text, isDisabled = false }: CopyButtonProps) {
  const { t } = useTranslation();
  const { Icon, result, copy } = useCopy(text);
  return (
    <>
      <Button className="button" isDisabled={isDisabled} onPress={copy}>
        <Icon aria-hidden />
        <span className="swapped">
          <span>{label}</span>
          {result !== null && <span>{t(`common.${result}`)}</span>}
        </span>
      </Button>
      <Said result={result} />
    </>
  );
}

type Result = 'copied' | 'copyFailed' | null;

/** Copies what `text` gives, and for a moment tells what came of it. */
export function useCopy(text: CopyButtonProps['text']): { Icon: LucideIcon; result: Result; copy: () => void } {
  const [result, setResult] = useState<Result>(null);
  useEffect(() => {
    if (result === null) return;
    const timer = setTimeout(() => setResult(null), shownForMs);
    return () => clearTimeout(timer);
  }, [result]);
  const copy = async () => {
    const wanted = await text();
    if (wanted !== null) setResult((await writeClipboard(wanted)) ? 'copied' : 'copyFailed');
  };
  return { Icon: result === null ? Copy : result === 'copied' ? Check : TriangleAlert, result, copy: () => void copy() };
}

/** For a screen reader. */
export function Said({ result }: { result: Result }) {
  const { t } = useTranslation();
  return (
    <span role="status" className="hidden-visually">
      {result === null ? '' : t(`common.${result}`)}
    </span>
  );
}

/** Whether the browser let us. */
async function writeClipboard(text: string): Promise<boolean> {
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  );
}
