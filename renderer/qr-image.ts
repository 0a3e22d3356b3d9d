import { decodeQR } from 'qr/decode.js';

/** Longer sides are scaled down to this: photographs have more than a code needs, and time goes with the area. */
const longestSideOfPhoto = 1600;

/** The text of the QR code in an image; null where the image has none or is none. */
export async function readQrImage(file: Blob): Promise<string | null> {
  const image = await createImageBitmap(file).catch(() => null);
  return image === null ? null : readQr(image, longestSideOfPhoto);
}

/**
 * Small codes in large pictures want every pixel, large ones in photographs are found better when they are smaller; no side is read longer than
 * `longestSide`, in pixels. Closes the image.
 */
export function readQr(image: ImageBitmap, longestSide: number): string | null {
  const { width, height } = image;
  const fitting = Math.min(1, longestSide / Math.max(width, height));
  try {
    for (const scale of [fitting, fitting / 2]) {
      const text = decode(image, Math.round(width * scale), Math.round(height * scale));
      if (text !== null) return text;
    }
    return null;
  } finally {
    image.close();
  }
}

function decode(image: CanvasImageSource, width: number, height: number): string | null {
  if (width < 1 || height < 1) return null;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) return null;
  context.fillStyle = '#fff'; // what is see-through counts as paper
  context.fillRect(0, 0, width, height);
  context.drawImage(image, 0, 0, width, height);
  try {
    return decodeQR({ width, height, data: context.getImageData(0, 0, width, height).data });
  } catch {
    return null;
  }
}
