import { Pencil } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Button, GridList, GridListItem, Link, ListLayout, Virtualizer } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { isolated } from '../format.ts';
import { forgetImported, type RejectedLine, setDraft, useImport } from '../importing.ts';
import { useStore } from '../store.ts';
import { CopyButton } from './copy-button.tsx';
import { useReportParts } from './report-parts.ts';
import './import-report.css';

/** The last import line by line. Nothing of a paste is lost: what could not be used can be copied or corrected. */
export function ImportReportCard() {
  const { t } = useTranslation();
  const imported = useImport((store) => store.imported);
  const hasProxies = useStore((store) => (store.state?.proxies.total ?? 0) > 0);
  const parts = useReportParts(imported?.report ?? null);
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (imported !== null) title.current?.scrollIntoView({ block: 'nearest' });
  }, [imported]);
  return (
    <>
      <p role="status" className="hidden-visually">
        {parts.join('. ')}
      </p>
      {imported !== null && (
        <section className="card report" aria-labelledby="report-title">
          <h2 id="report-title" ref={title}>
            {t('report.title')}
          </h2>
          <ul className="report-parts">
            {parts.map((part) => (
              <li key={part}>{part}</li>
            ))}
          </ul>
          {imported.rejectedLines.length > 0 && <Rejected lines={imported.rejectedLines} />}
          {hasProxies && (
            <div className="report-actions">
              <Link className="button" href="#/proxies">
                {t('report.seeProxies')}
              </Link>
              <Link className="button" href="#/status">
                {t('report.seeStatus')}
              </Link>
            </div>
          )}
        </section>
      )}
    </>
  );
}

function Rejected({ lines }: { lines: readonly RejectedLine[] }) {
  const { t } = useTranslation();
  const text = lines.map((line) => line.text).join('\n');
  const correct = () => {
    setDraft(text);
    forgetImported();
    document.querySelector('textarea')?.focus();
  };
  return (
    <>
      <Virtualizer layout={ListLayout} layoutOptions={{ estimatedRowSize: 68 }}>
        <GridList
          className={`rejected ${lines.length > 4 ? 'long' : ''}`}
          aria-label={t('report.list')}
          items={lines.map((line, id) => ({ id, line }))}
        >
          {({ line }) => <RejectedItem line={line} />}
        </GridList>
      </Virtualizer>
      {text.trim() !== '' && (
        <div className="report-actions">
          <Button className="button" onPress={correct}>
            <Pencil aria-hidden />
            {t('report.editRejected')}
          </Button>
          <CopyButton label={t('report.copyRejected')} text={async () => text} />
        </div>
      )}
    </>
  );
}

function RejectedItem({ line: { rejection, source, line, text } }: { line: RejectedLine }) {
  const { t } = useTranslation();
  const where = source === '' ? t('report.line', { line }) : t('report.lineOf', { name: isolated(source), line });
  const reason = t(`rejections.${rejection.code}`, { detail: isolated(rejection.detail ?? '?') });
  return (
    <GridListItem className="rejected-line" textValue={`${where}: ${reason}`}>
      <p>
        <span className="where">{where}</span> {reason}
      </p>
      {text !== '' && (
        <p className="original" dir="ltr">
          <bdi>{text.slice(0, 300)}</bdi>
        </p>
      )}
    </GridListItem>
  );
}
