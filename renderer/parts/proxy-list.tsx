import { useEffect, useState } from 'react';
import { Collection, GridList, GridListLoadMoreItem, ListLayout, Virtualizer } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { ProxyRow } from '../../preload/contract.ts';
import { call, useStore } from '../store.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { ProxyItem } from './proxy-item.tsx';
import { ShareDialog, type Shared } from './share-dialog.tsx';
import { useProxyList } from './use-proxy-list.ts';
import type { Selected } from './use-selected.ts';
import './proxy-list.css';

/** The list itself: only the rows in sight are in the page, and further pages come as the person scrolls. */
export function ProxyList({ search, selected }: { search: string; selected: Selected }) {
  const { t } = useTranslation();
  const { list, more, onScroll } = useProxyList(search);
  const { ids, change, keepThoseIn } = selected;
  useEffect(() => {
    if (list !== null) keepThoseIn(list);
  }, [list, keepThoseIn]);
  const [sharing, setSharing] = useState<Shared | null>(null);
  const [removing, setRemoving] = useState<ProxyRow | null>(null);
  const activeId = useStore((store) => store.state?.active?.id ?? null);
  if (list === null) return null;
  return (
    <>
      <p role="status" className="hidden-visually">
        {search === '' ? '' : t('proxies.total', { count: list.total })}
      </p>
      <Virtualizer layout={ListLayout} layoutOptions={{ estimatedRowSize: 76, loaderSize: 40 }}>
        <GridList
          className={`proxy-list ${ids.size > 0 ? 'selecting' : ''}`}
          selectionMode="multiple"
          selectedKeys={ids}
          onSelectionChange={change}
          aria-label={t('proxies.list')}
          keyboardNavigationBehavior="tab"
          onScroll={onScroll}
          renderEmptyState={() => <p className="soft nothing-found">{t('proxies.nothingFound')}</p>}
        >
          <Rows rows={list.rows} activeId={activeId} onShare={(row) => setSharing({ row })} onRemove={setRemoving} />
          <GridListLoadMoreItem isLoading={list.rows.length < list.total} onLoadMore={more}>
            <span className="soft">{t('proxies.more')}</span>
          </GridListLoadMoreItem>
        </GridList>
      </Virtualizer>
      <ShareDialog what={sharing} onClose={() => setSharing(null)} />
      <ConfirmDialog
        isOpen={removing !== null}
        title={t('remove.title')}
        text={t('remove.text')}
        onConfirm={() => removing !== null && void call('removeProxies', { ids: [removing.id] })}
        onClose={() => setRemoving(null)}
      >
        <p className="dialog-name">
          <bdi>{removing?.label}</bdi>
        </p>
      </ConfirmDialog>
    </>
  );
}

interface RowsProps {
  readonly rows: readonly ProxyRow[];
  readonly activeId: string | null;
  readonly onShare: (row: ProxyRow) => void;
  readonly onRemove: (row: ProxyRow) => void;
}

const Rows = ({ rows, activeId, onShare, onRemove }: RowsProps) => (
  <Collection items={rows} dependencies={[activeId]}>
    {(row) => <ProxyItem id={row.id} row={row} inUse={row.id === activeId} onShare={onShare} onRemove={onRemove} />}
  </Collection>
);
