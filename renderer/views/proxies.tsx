import { Search, X } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { Button, Input, Label, Link, SearchField } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { isolated } from '../format.ts';
import { ProxyList } from '../parts/proxy-list.tsx';
import { ProxyTools } from '../parts/proxy-tools.tsx';
import { useGroupName } from '../parts/use-group-name.ts';
import { useSelected } from '../parts/use-selected.ts';
import { useStore } from '../store.ts';
import './proxies.css';

/** Every proxy, and what can be done with it. */
export function ProxiesView() {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const settled = useDeferredValue(search.trim());
  const selected = useSelected(settled);
  const total = useStore((store) => store.state?.proxies.total ?? 0);
  return (
    <>
      <header className="view-header">
        <h1 tabIndex={-1}>{t('proxies.title')}</h1>
        <Counts />
      </header>
      {total === 0 ? (
        <div className="card nothing">
          <p>{t('proxies.empty')}</p>
          <Link className="button primary" href="#/import">
            {t('nav.import')}
          </Link>
        </div>
      ) : (
        <>
          <div className="tools">
            <SearchField className="search" value={search} onChange={setSearch}>
              <Label className="hidden-visually">{t('proxies.search')}</Label>
              <Search aria-hidden />
              <Input placeholder={t('proxies.search')} spellCheck="false" />
              {search !== '' && (
                <Button className="button icon" aria-label={t('proxies.clearSearch')}>
                  <X aria-hidden />
                </Button>
              )}
            </SearchField>
            <ProxyTools search={settled} selected={selected} />
          </div>
          <ProxyList search={settled} selected={selected} />
        </>
      )}
    </>
  );
}

function Counts() {
  const { t } = useTranslation();
  const counts = useStore((store) => store.state?.proxies);
  const group = useStore((store) => store.state?.settings.group ?? null);
  const nameOf = useGroupName();
  if (counts === undefined || counts.total === 0) return null;
  const excluded = counts.total - counts.working - counts.failing - counts.untested - counts.notSpoken;
  return (
    <ul className="facts">
      <li>{t('proxies.total', { count: counts.total })}</li>
      {counts.working > 0 && <li className="good">{t('proxies.working', { count: counts.working })}</li>}
      {counts.failing > 0 && <li className="bad">{t('proxies.failing', { count: counts.failing })}</li>}
      {counts.untested > 0 && <li>{t('proxies.untested', { count: counts.untested })}</li>}
      {counts.notSpoken > 0 && <li>{t('proxies.notSpoken', { count: counts.notSpoken })}</li>}
      {excluded > 0 && <li>{t('proxies.excluded', { count: excluded })}</li>}
      {group !== null && <li>{t('proxies.onlyFrom', { group: isolated(nameOf(group)) })}</li>}
    </ul>
  );
}
