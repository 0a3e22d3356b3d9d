/**
 * The screens of the stand-in, side by side: pictures in the files that PAPERPLANE_STANDIN_SCREENS names (as PATH names folders). Without
 * them the system shows no screen, as macOS does to a program that may not record it.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { DisplayMediaRequestHandlerHandlerRequest, Rectangle, Session, SourcesOptions, Streams } from 'electron';

type DisplayHandler = Parameters<Session['setDisplayMediaRequestHandler']>[0];
const handlers: { display: DisplayHandler } = { display: null };
const size = { width: 1920, height: 1080 };

const files = () => (process.env.PAPERPLANE_STANDIN_SCREENS ?? '').split(path.delimiter).filter((file) => file !== '');
const sourceId = (index: number) => `screen:${index}:0`;
const displayId = (index: number) => 100 + index;

export const desktopCapturer = {
  getSources: async ({ types }: SourcesOptions) =>
    files()
      .filter(() => types.includes('screen'))
      .map((_file, index) => ({ id: sourceId(index), name: `Screen ${index + 1}`, display_id: String(displayId(index)) })),
};

export const screen = {
  getDisplayMatching({ x }: Rectangle) {
    const index = Math.min(Math.max(0, Math.floor(x / size.width)), Math.max(0, files().length - 1));
    return { id: displayId(index), workArea: { x: index * size.width, y: 0, ...size } };
  },
};

export function setDisplayMediaRequestHandler(handler: DisplayHandler, _opts?: object): void {
  handlers.display = handler;
}

/** Asks the application's handler which screen the page may see, and gives its picture as a data: URL; null: none. */
export async function requestPicture(
  request: Omit<DisplayMediaRequestHandlerHandlerRequest, 'frame'> & { frame: object },
): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<Streams | null>();
  // The frame is the stand-in's, which has what the shell looks at.
  const handler = handlers.display as ((asked: object, answer: (streams: Streams | null) => void) => void) | null;
  if (handler === null) return null;
  handler(request, resolve);
  const video = (await promise)?.video;
  const file = files().find((_file, index) => video !== undefined && 'id' in video && video.id === sourceId(index));
  return file === undefined ? null : `data:image/${path.extname(file).slice(1)};base64,${await readFile(file, 'base64')}`;
}

/** What a page asks for. */
export interface DisplayWish {
  readonly video: boolean;
  readonly audio: boolean;
  readonly userGesture: boolean;
}

/** Name of the function by which pages ask. */
export const askName = '__electronStandInDisplay';

/** In the page, sent there as text: `getDisplayMedia` gives a stream of the picture that the main process answers with. */
function replaceGetDisplayMedia(ask: string): void {
  const refuse = () => {
    throw new DOMException('Permission denied', 'NotAllowedError');
  };
  const { featurePolicy } = document as unknown as { featurePolicy: { allowsFeature(name: string): boolean } };
  const askMain = (wish: DisplayWish) =>
    (globalThis as unknown as Record<string, (wish: DisplayWish) => Promise<string | null>>)[ask]?.(wish);
  const getDisplayMedia = async ({ video = true, audio = false }: { video?: unknown; audio?: unknown } = {}) => {
    if (!featurePolicy.allowsFeature('display-capture')) refuse();
    const wish = { video: Boolean(video), audio: Boolean(audio), userGesture: navigator.userActivation.isActive };
    const image = new Image();
    image.src = (await askMain(wish)) ?? refuse() ?? '';
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    const context = canvas.getContext('2d');
    const stream = canvas.captureStream();
    const [track] = stream.getVideoTracks();
    const draw = () => {
      context?.drawImage(image, 0, 0);
      if (track?.readyState === 'live') requestAnimationFrame(draw);
    };
    draw();
    return stream;
  };
  if (navigator.mediaDevices !== undefined) Object.assign(navigator.mediaDevices, { getDisplayMedia });
}

export const displayScript = `(${replaceGetDisplayMedia})(${JSON.stringify(askName)})`;
