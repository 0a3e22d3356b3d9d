import { ScanQrCode } from 'lucide-react';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { takeFromScreen } from '../importing.ts';

/** Looks for a QR code on the screen, which only the desktop window may see. */
export function ScreenButton({ isDisabled, onPress }: { isDisabled: boolean; onPress: () => void }) {
  const { t } = useTranslation();
  const [looking, setLooking] = useState(false);
  const look = async () => {
    onPress();
    setLooking(true);
    await takeFromScreen();
    setLooking(false);
  };
  return (
    <Button className="button" isDisabled={isDisabled || looking} onPress={() => void look()}>
      <ScanQrCode aria-hidden />
      {t('import.screen')}
    </Button>
  );
}
