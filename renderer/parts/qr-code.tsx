import encodeQr from 'qr';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import './qr-code.css';

/** Modules of light around it, which readers need to find it (ISO/IEC 18004, section 6.3.8). */
const quietZone = 4;

/** A text as a QR code, or that it does not fit into one. Dark on light in every theme: many readers want it so. */
export function QrCode({ text }: { text: string }) {
  const { t } = useTranslation();
  const modules = useMemo(() => modulesOf(text), [text]);
  if (modules === null) return <p className="dialog-warning">{t('share.qrTooLong')}</p>;
  const size = modules.length;
  return (
    <svg className="qr-code" role="img" aria-label={t('share.qr')} viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={pathOf(modules)} fill="#000" />
    </svg>
  );
}

/** null where the text is too long: 2,953 bytes is the most. */
function modulesOf(text: string): readonly (readonly boolean[])[] | null {
  try {
    return encodeQr(text, 'raw', { ecc: 'low', border: quietZone });
  } catch {
    return null;
  }
}

function pathOf(modules: readonly (readonly boolean[])[]): string {
  return modules.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
}
