import { ClipboardPaste, FileText } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button, DropZone, FileTrigger, Label, ProgressBar, TextArea, TextField } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { isolated } from '../format.ts';
import { importDraft, importFiles, importPasted, setDraft, useImport } from '../importing.ts';
import { host, useStore } from '../store.ts';
import { importDropped } from './dropped.ts';
import { ScreenButton } from './screen-button.tsx';
import './button.css';
import './progress.css';
import './paste-box.css';

/** Takes links in every way there is: the clipboard in one click, typing, dropping text or files, choosing files. */
export function PasteBox() {
  const { t } = useTranslation();
  const box = useRef<HTMLTextAreaElement>(null);
  const { draft, busy } = useImport();
  const [hint, setHint] = useState<'pasteByHand' | 'clipboardEmpty' | null>(null);
  const paste = async () => {
    const image = await readClipboardImage();
    if (image) return importFiles([image]);
    const text = await readClipboard();
    setHint(text === null ? 'pasteByHand' : text.trim() === '' ? 'clipboardEmpty' : null);
    if (!text?.trim()) return box.current?.focus();
    await importPasted(text);
  };
  return (
    <DropZone className="paste-box" aria-label={t('import.drop')} onDrop={({ items }) => void importDropped(items)}>
      <TextField value={draft} onChange={setDraft}>
        <Label className="hidden-visually">{t('import.box')}</Label>
        <TextArea
          ref={box}
          rows={5}
          dir="ltr"
          spellCheck="false"
          autoComplete="off"
          placeholder={t('import.placeholder')}
          onPaste={(event) => {
            const files = [...event.clipboardData.files];
            if (files.length > 0) {
              event.preventDefault();
              void importFiles(files);
              return;
            }
            const text = event.clipboardData.getData('text/plain');
            if (text.length < largePaste) return;
            event.preventDefault();
            void importPasted(text);
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void importDraft();
          }}
        />
      </TextField>
      <div className="paste-actions">
        <Button className={`button ${draft.trim() === '' ? 'primary' : ''}`} isDisabled={busy} onPress={() => void paste()}>
          <ClipboardPaste aria-hidden />
          {t('import.paste')}
        </Button>
        <FileTrigger allowsMultiple onSelect={(files) => void importFiles([...(files ?? [])])}>
          <Button className="button" isDisabled={busy}>
            <FileText aria-hidden />
            {t('import.file')}
          </Button>
        </FileTrigger>
        {host === 'desktop' && <ScreenButton isDisabled={busy} onPress={() => setHint(null)} />}
        <Button
          className={`button add ${draft.trim() === '' ? '' : 'primary'}`}
          isDisabled={busy || draft.trim() === ''}
          onPress={() => void importDraft()}
        >
          {t('import.add')}
        </Button>
      </div>
      <ImportProgress />
      <p role="status" className="paste-hint">
        {hint === 'pasteByHand' ? t('import.pasteByHand', { keys: pasteKeys }) : hint !== null ? t(`import.${hint}`) : <Remark />}
      </p>
    </DropZone>
  );
}

/** Characters. The box takes seconds to lay out much more than this, so a larger paste is imported without standing in it. */
const largePaste = 200_000;

const pasteKeys = navigator.userAgent.includes('Mac') ? '⌘V' : 'Ctrl+V';

/** null: the browser keeps it to itself. */
async function readClipboard(): Promise<string | null> {
  try {
    return await navigator.clipboard.readText();
  } catch {
    return null;
  }
}

/** A picture of a QR code, where one has been copied. */
async function readClipboardImage(): Promise<File | null> {
  try {
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.includes('text/plain') ? undefined : item.types.find((name) => name.startsWith('image/'));
      if (type !== undefined) return new File([await item.getType(type)], 'QR', { type });
    }
  } catch {
    // it may hold nothing that may be read; text is asked for next
  }
  return null;
}

function Remark() {
  const { t } = useTranslation();
  const remark = useImport((store) => store.remark);
  if (remark === null) return null;
  return 'name' in remark ? t(`import.${remark.code}`, { name: isolated(remark.name) }) : t(`import.${remark.code}`);
}

function ImportProgress() {
  const { t } = useTranslation();
  const busy = useImport((store) => store.busy);
  const progress = useStore((store) => store.state?.importing ?? null);
  if (!busy) return null;
  return (
    <ProgressBar
      className="progress"
      aria-label={t('import.progress')}
      value={progress?.done ?? 0}
      maxValue={Math.max(1, progress?.total ?? 1)}
    >
      {({ valueText }) => (
        <>
          <span>{t('import.progress')}</span>
          <progress aria-hidden value={progress?.done ?? 0} max={Math.max(1, progress?.total ?? 1)} />
          <span>{valueText}</span>
        </>
      )}
    </ProgressBar>
  );
}
