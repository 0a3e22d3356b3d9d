import './base.css'; // first: what the parts say of themselves comes after it, and counts more
import { useEffect, useRef } from 'react';
import { I18nProvider } from 'react-aria-components';
import { createRoot } from 'react-dom/client';
import { useTranslation } from 'react-i18next';
import { chooseLanguage } from './locales/language.ts';
import { Navigation } from './parts/navigation.tsx';
import { Notices } from './parts/notices.tsx';
import { PendingDialog } from './parts/pending-dialog.tsx';
import { useKeptFocus } from './parts/use-kept-focus.ts';
import { useView } from './parts/use-view.ts';
import { watchEngine } from './store.ts';
import { FixView } from './views/fix.tsx';
import { ImportView } from './views/import.tsx';
import { ProxiesView } from './views/proxies.tsx';
import { StatusView } from './views/status.tsx';
import './app.css';

const views = { status: StatusView, proxies: ProxiesView, import: ImportView, fix: FixView } as const;

function App() {
  const { t } = useTranslation();
  const view = useView();
  const View = views[view];
  const main = useRef<HTMLElement>(null);
  const shown = useRef(view);
  useKeptFocus(main);
  useEffect(() => {
    // As after loading a page, reading goes on at the new view's heading.
    if (shown.current !== view) main.current?.querySelector('h1')?.focus();
    shown.current = view;
  }, [view]);
  return (
    <div className="app">
      <a className="skip" href={`#/${view}`} onClick={() => main.current?.querySelector('h1')?.focus()}>
        {t('nav.skip')}
      </a>
      <Navigation current={view} />
      <main ref={main} className={`view ${view}`}>
        <div className="view-content">
          <Notices view={view} />
          <View />
        </div>
      </main>
      <PendingDialog />
    </div>
  );
}

async function start(): Promise<void> {
  const root = document.getElementById('root');
  if (root === null) return;
  watchEngine();
  const locale = await chooseLanguage();
  createRoot(root).render(
    <I18nProvider locale={locale}>
      <App />
    </I18nProvider>,
  );
}

void start();
