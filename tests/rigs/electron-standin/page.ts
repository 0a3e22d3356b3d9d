import { randomBytes } from 'node:crypto';
import type { CDPSession, Request, Route } from 'playwright';
import { runningChromium } from './host.ts';
import { answerRequest, fromChromium, toChromium } from './protocol.ts';
import { askName, type DisplayWish, displayScript } from './screens.ts';
import { decidePermissions } from './session.ts';
import { isolatedWorldScript, mainWorldScript, type ToMain, type ToPreload, toMainName, toPreloadName } from './worlds.ts';

const worldName = 'electron-preload';

/** One page of Chromium with the preload in its isolated world. Everything that happens in it is told to `listener`. */
export interface PageListener {
  onMessage(message: ToMain): void;
  /** The page wants to go to another address; true: it may. */
  mayNavigate(url: string): boolean;
  /** The page opened another; it is closed in any case. */
  onWindowOpen(url: string): void;
  /** A frame wants a picture of a screen: a data: URL, or null where it may not have one. */
  onDisplayWish(wish: DisplayWish, frame: { url: string; isMainFrame: boolean }): Promise<string | null>;
  onLoad(): void;
  onClose(): void;
}

export interface PreloadPage {
  readonly targetId: string;
  load(url: string): Promise<void>;
  deliver(message: ToPreload): Promise<void>;
  evaluate(code: string): Promise<unknown>;
  url(): string;
  close(): Promise<void>;
}

interface PageOptions {
  readonly width: number;
  readonly height: number;
  readonly preload: string | undefined; // its text
}

export async function openPage({ width, height, preload }: PageOptions, listener: PageListener): Promise<PreloadPage> {
  const { context } = runningChromium();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  const { targetInfo } = await session.send('Target.getTargetInfo');
  const own = { isLoading: false };
  await page.setViewportSize({ width, height });
  const world = await joinWorlds(session, preload, listener);
  await page.exposeBinding(askName, ({ frame }, wish: DisplayWish) =>
    listener.onDisplayWish(wish, { url: fromChromium(frame.url()), isMainFrame: frame === page.mainFrame() }),
  );
  await page.addInitScript(displayScript);
  session.on('Page.windowOpen', ({ url }) => listener.onWindowOpen(fromChromium(url)));
  page.on('popup', (popup) => void popup.close());
  page.on('load', () => listener.onLoad());
  page.on('close', () => listener.onClose());
  await page.route('**/*', (route, request) => {
    const isLeaving = !own.isLoading && request.isNavigationRequest() && request.frame() === page.mainFrame();
    if (isLeaving && !listener.mayNavigate(fromChromium(request.url()))) return route.abort('aborted');
    return answer(route, request);
  });
  return {
    targetId: targetInfo.targetId,
    async load(url) {
      own.isLoading = true;
      await decidePermissions(session, url);
      await page.goto(toChromium(url)).finally(() => {
        own.isLoading = false;
      });
    },
    deliver: world.deliver,
    evaluate: (code) => page.evaluate(code),
    url: () => fromChromium(page.url()),
    close: () => page.close(),
  };
}

/** Puts the two scripts into every document of the page, and a line between the isolated world and this process. */
async function joinWorlds(session: CDPSession, preload: string | undefined, listener: PageListener) {
  const token = randomBytes(8).toString('hex');
  const isolated: { contextId?: number } = {};
  const { frameTree } = await session.send('Page.getFrameTree');
  session.on('Runtime.executionContextCreated', ({ context }) => {
    const isMainFrame = (context.auxData as { frameId?: string } | undefined)?.frameId === frameTree.frame.id;
    if (context.name === worldName && isMainFrame) isolated.contextId = context.id;
  });
  session.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
    if (name === toMainName && executionContextId === isolated.contextId) listener.onMessage(JSON.parse(payload));
  });
  await session.send('Page.enable');
  await session.send('Runtime.enable');
  await session.send('Runtime.addBinding', { name: toMainName, executionContextName: worldName });
  if (preload !== undefined) {
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: mainWorldScript(token) });
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: isolatedWorldScript(token, preload), worldName });
  }
  return {
    /** Messages to a document that is going away are lost, as in Electron. */
    async deliver(message: ToPreload) {
      if (isolated.contextId === undefined) return;
      const call = {
        functionDeclaration: `text => globalThis.${toPreloadName}(text)`,
        arguments: [{ value: JSON.stringify(message) }],
        executionContextId: isolated.contextId,
      };
      await session.send('Runtime.callFunctionOn', call).catch(() => undefined);
    },
  };
}

/** Custom schemes are answered by the application; everything else goes its way. */
async function answer(route: Route, request: Request): Promise<void> {
  const response = await answerRequest(request.method(), fromChromium(request.url()), request.headers());
  if (response === undefined) return route.continue();
  await route.fulfill({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  });
}
