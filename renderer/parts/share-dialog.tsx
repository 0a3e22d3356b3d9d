import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay, Radio, RadioGroup } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { type ExportFormat, exportFormats, type ProxyRow, type Result } from '../../preload/contract.ts';
import { CopyButton } from './copy-button.tsx';
import { exported, idsFound } from './links-of.ts';
import { QrCode } from './qr-code.tsx';
import { saveText } from './save-text.ts';
import './button.css';
import './choosing-dialog.css';
import './dialog.css';

/** One proxy, several, or those that a search finds: '' finds all. */
export type Shared = { readonly row: ProxyRow } | { readonly ids: readonly string[] } | { readonly search: string };

interface ShareDialogProps {
  readonly what: Shared | null; // null: closed
  readonly onClose: () => void;
}

/** Gives proxies away: as links or in the form of another program, to copy or to save; one proxy also as a QR code. */
export function ShareDialog({ what, onClose }: ShareDialogProps) {
  const { t } = useTranslation();
  return (
    <ModalOverlay className="dialog-overlay" isOpen={what !== null} onOpenChange={(open) => !open && onClose()} isDismissable>
      <Modal className="dialog-modal">
        <Dialog className="dialog">
          <Heading slot="title" level={2}>
            {t(titleOf(what))}
          </Heading>
          {what !== null && <Share what={what} />}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function titleOf(what: Shared | null) {
  if (what === null || 'row' in what) return 'share.title';
  if ('ids' in what) return 'share.titleSelected';
  return what.search === '' ? 'share.titleAll' : 'share.titleFound';
}

function Share({ what }: { what: Shared }) {
  const { t } = useTranslation();
  const [format, setFormat] = useState<ExportFormat>('links');
  const result = useExported(what, format);
  return (
    <>
      <Name of={what} />
      <p className="dialog-warning">{t('share.secret')}</p>
      {'row' in what && format === 'links' && result !== null && <QrCode text={result.text} />}
      <RadioGroup
        className="choices"
        aria-label={t('share.format')}
        value={format}
        onChange={(value) => setFormat(exportFormats.find((known) => known === value) ?? 'links')}
      >
        {exportFormats.map((name) => (
          <Radio key={name} value={name} className="choice">
            <span className="choice-dot" aria-hidden />
            <span>{t(`share.${name}`)}</span>
          </Radio>
        ))}
      </RadioGroup>
      <p role="status" className="soft">
        {result !== null && result.left > 0 && t('share.left', { count: result.left })}
      </p>
      <div className="dialog-actions">
        <CopyButton label={t('share.copy')} text={async () => result?.text ?? null} isDisabled={result === null} />
        <Button className="button" isDisabled={result === null} onPress={() => result && saveText(result.text, fileNames[format])}>
          <Download aria-hidden />
          {t('share.save')}
        </Button>
        <Button slot="close" className="button">
          {t('share.close')}
        </Button>
      </div>
    </>
  );
}

function Name({ of }: { of: Shared }) {
  const { t } = useTranslation();
  if ('ids' in of) return <p className="dialog-name">{t('selection.count', { count: of.ids.length })}</p>;
  const name = 'row' in of ? of.row.label : of.search;
  if (name === '') return null;
  return (
    <p className="dialog-name">
      <bdi>{name}</bdi>
    </p>
  );
}

const fileNames: Record<ExportFormat, string> = {
  links: 'proxies.txt',
  base64: 'proxies.base64.txt',
  clash: 'proxies.yaml',
  'sing-box': 'proxies.json',
};

async function idsOf(what: Shared): Promise<readonly string[] | 'all'> {
  if ('row' in what) return [what.row.id];
  if ('ids' in what) return what.ids;
  return what.search === '' ? 'all' : idsFound(what.search);
}

/** null until it is there. */
function useExported(what: Shared, format: ExportFormat): Result<'exportProxies'> | null {
  const [result, setResult] = useState<Result<'exportProxies'> | null>(null);
  useEffect(() => {
    const shown = new AbortController();
    setResult(null);
    void idsOf(what)
      .then((ids) => exported(ids, format))
      .then((value) => !shown.signal.aborted && setResult(value));
    return () => shown.abort();
  }, [what, format]);
  return result;
}
