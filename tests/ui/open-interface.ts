import assert from 'node:assert/strict';
import { after } from 'node:test';
import { type BrowserContextOptions, chromium, type Page } from 'playwright';
import { findBrowser } from '../rigs/browser.ts';
import { type Headless, startHeadless } from '../rigs/headless.ts';
import { patienceMs } from '../rigs/patience.ts';

// One for all tests of a file, and there before they count what they leave open; each test has a context of its own.
const browser = await chromium.launch(await findBrowser());
after(() => browser.close());

export interface Interface extends AsyncDisposable {
  readonly program: Headless;
  readonly page: Page;
}

export interface InterfaceOptions {
  /** Arguments for the program. */
  readonly args?: readonly string[];
  /** The program's data folder; one of its own otherwise. */
  readonly data?: string;
  /** Environment of the program, over our own. */
  readonly env?: NodeJS.ProcessEnv;
  readonly context?: BrowserContextOptions;
  readonly permissions?: readonly string[];
  /** Console errors that the test brings about on purpose. */
  readonly mayLog?: RegExp;
}

/**
 * The real program and its interface in a real browser. When it is closed, the test fails if the page threw, logged an error, or did
 * anything that the content security policy forbids.
 */
export async function openInterface(options: InterfaceOptions = {}): Promise<Interface> {
  const program = await startHeadless(['--ui', '127.0.0.1:0', ...(options.args ?? [])], {
    ...(options.data !== undefined && { data: options.data }),
    ...(options.env && { env: options.env }),
  });
  const context = await browser.newContext({ viewport: { width: 900, height: 640 }, locale: 'en-GB', ...options.context });
  const complaints: string[] = [];
  const close = async () => {
    await context.close();
    await program.end();
  };
  try {
    await context.grantPermissions([...(options.permissions ?? [])]);
    const page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && options.mayLog?.test(message.text()) !== true) complaints.push(message.text());
    });
    await page.addInitScript(() => {
      addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
        console.error(`forbidden by ${effectiveDirective}: ${blockedURI}`);
      });
    });
    await page.goto((await program.event('ui')).url as string);
    return {
      program,
      page,
      [Symbol.asyncDispose]: async () => {
        await close();
        assert.deepEqual(complaints, []);
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
