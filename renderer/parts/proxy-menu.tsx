import { Ban, CircleCheck, Copy, EllipsisVertical, type LucideIcon, QrCode, RefreshCw, Timer, Trash2 } from 'lucide-react';
import { Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { ProxyRow } from '../../preload/contract.ts';
import { call } from '../store.ts';
import { IconButton } from './icon-button.tsx';
import './menu.css';

interface ProxyMenuProps {
  readonly row: ProxyRow;
  readonly onCopy: () => void;
  readonly onShare: () => void;
  readonly onRemove: () => void;
}

const hour = 60; // minutes

/** What is done with one proxy now and then: out of the way until it is asked for. */
export function ProxyMenu({ row: { id, excluded, notSpoken }, onCopy, onShare, onRemove }: ProxyMenuProps) {
  const { t } = useTranslation();
  const isSpoken = notSpoken === null;
  return (
    <MenuTrigger>
      <IconButton icon={EllipsisVertical} label={t('row.more')} />
      <Popover className="popover menu" placement="bottom end">
        <Menu aria-label={t('row.more')} className="menu-items">
          {isSpoken && <Item icon={Timer} label={t('row.pinHour')} onAction={() => void call('pinProxy', { id, minutes: hour })} />}
          {isSpoken && !excluded && (
            <Item icon={RefreshCw} label={t('row.test')} onAction={() => void call('testProxies', { ids: [id] })} />
          )}
          <Item icon={Copy} label={t('row.copyLink')} onAction={onCopy} />
          <Item icon={QrCode} label={t('row.share')} onAction={onShare} />
          {isSpoken && (
            <Item
              icon={excluded ? CircleCheck : Ban}
              label={t(excluded ? 'row.include' : 'row.exclude')}
              onAction={() => void call('excludeProxies', { ids: [id], excluded: !excluded })}
            />
          )}
          <Item icon={Trash2} label={t('row.remove')} onAction={onRemove} danger />
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

interface ItemProps {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly onAction: () => void;
  readonly danger?: boolean;
}

const Item = ({ icon: Icon, label, onAction, danger = false }: ItemProps) => (
  <MenuItem className={`menu-item ${danger ? 'danger' : ''}`} textValue={label} onAction={onAction}>
    <Icon aria-hidden />
    {label}
  </MenuItem>
);
