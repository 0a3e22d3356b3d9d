import { Eye, Info, TriangleAlert } from 'lucide-react';
import { Button, Dialog, DialogTrigger, Heading, Popover } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { ProxyRow } from '../../preload/contract.ts';
import './privacy-hint.css';

/** Where others can read along on the way to a proxy: who can, in a few words, and in full when pressed. */
export function PrivacyHint({ row: { encrypted, insecure } }: { row: ProxyRow }) {
  const { t } = useTranslation();
  if (encrypted && !insecure) return null;
  return (
    <DialogTrigger>
      <Button className={`privacy-hint ${insecure ? 'insecure' : ''}`}>
        {insecure ? <TriangleAlert aria-hidden /> : <Eye aria-hidden />}
        <span>{t(insecure ? 'row.insecure' : 'row.whoCanRead')}</span>
        <Info aria-hidden />
      </Button>
      <Popover className="popover" offset={6}>
        <Dialog className="privacy-text">
          <Heading slot="title" level={2}>
            {t(insecure ? 'insecure.title' : 'privacy.title')}
          </Heading>
          <p>{t(insecure ? 'insecure.text' : 'privacy.text')}</p>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
