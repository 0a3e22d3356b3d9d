import { readQr } from './qr-image.ts';

/** A screen that is shared gives its first picture at once; one that gives none within this time never will. */
const pictureMs = 5000;

/** Screens are sharp, and a code on a large one may be small. */
const longestSideOfScreen = 4096;

/** The text of the QR code on the screen; null where there is none. Rejects where the system or the person does not let us see it. */
export async function readQrOnScreen(): Promise<string | null> {
  const stream = await navigator.mediaDevices.getDisplayMedia({ video: true, audio: false });
  return readQr(await takePicture(stream), longestSideOfScreen);
}

/** The first picture of the stream, which is stopped then, or when none comes in time. */
async function takePicture(stream: MediaStream): Promise<ImageBitmap> {
  const video = document.createElement('video');
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('no picture came')), pictureMs);
  try {
    video.muted = true; // else it may not play unasked
    video.srcObject = stream;
    await Promise.race([video.play(), late.promise]);
    return await createImageBitmap(video);
  } finally {
    clearTimeout(timer);
    video.srcObject = null;
    for (const track of stream.getTracks()) track.stop();
  }
}
