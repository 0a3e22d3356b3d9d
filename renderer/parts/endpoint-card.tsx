import { useTranslation } from 'react-i18next';
import { useStore } from '../store.ts';
import { CopyButton } from './copy-button.tsx';
import { Ltr } from './ltr.tsx';
import { TerminalDialog } from './terminal-dialog.tsx';
import './endpoint-card.css';

/** Where applications find the way out, to be typed or copied into their settings. */
export function EndpointCard() {
  const { t } = useTranslation();
  const endpoint = useStore((store) => store.state?.endpoint ?? null);
  return (
    <section className="card endpoint" aria-labelledby="endpoint-title">
      <h2 id="endpoint-title">{t('endpoint.title')}</h2>
      {endpoint === null ? (
        <p className="soft">{t('endpoint.closed')}</p>
      ) : (
        <>
          <p className="soft">{t('endpoint.lead')}</p>
          <dl>
            <div>
              <dt>{t('endpoint.server')}</dt>
              <dd>
                <Ltr>{endpoint.host}</Ltr>
              </dd>
            </div>
            <div>
              <dt>{t('endpoint.port')}</dt>
              <dd>
                <Ltr>{endpoint.port}</Ltr>
              </dd>
            </div>
          </dl>
          <div className="endpoint-actions">
            <CopyButton label={t('endpoint.copy')} text={async () => addressOf(endpoint)} />
            <TerminalDialog endpoint={endpoint} />
          </div>
        </>
      )}
    </section>
  );
}

function addressOf({ host, port }: { host: string; port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
