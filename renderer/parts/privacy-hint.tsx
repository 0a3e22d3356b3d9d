import { Eye, Info } from 'lucide-react';
import { Button, Dialog, DialogTrigger, Heading, Popover } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import './privacy-hint.css';

/** For a proxy whose way is not encrypted: who can read along, in a few words, and in full when pressed. */
export function PrivacyHint() {
  const { t } = useTranslation();
  return (
    <DialogTrigger>
      <Button className="privacy-hint">
        <Eye aria-hidden />
        <span>{t('row.whoCanRead')}</span>
        <Info aria-hidden />
      </Button>
      <Popover className="popover" offset={6}>
        <Dialog className="privacy-text">
          <Heading slot="title" level={2}>
            {t('privacy.title')}
          </Heading>
          <p>{t('privacy.text')}</p>
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
