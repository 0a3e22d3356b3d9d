/** What belongs to a desktop: menus, trays, pictures, dialogs, other programs, the keyring. None of it is shown; all of it can be asked. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import type { MenuItemConstructorOptions } from 'electron';

export class MenuItem {
  readonly id: string;
  readonly label: string;
  readonly enabled: boolean;
  readonly checked: boolean;
  readonly type: NonNullable<MenuItemConstructorOptions['type']>;
  readonly submenu: Menu | undefined;
  readonly #click: MenuItemConstructorOptions['click'];

  constructor(options: MenuItemConstructorOptions) {
    this.id = options.id ?? '';
    this.label = options.label ?? '';
    this.enabled = options.enabled ?? true;
    this.checked = options.checked ?? false;
    this.type = options.type ?? (options.submenu === undefined ? 'normal' : 'submenu');
    this.submenu = Array.isArray(options.submenu) ? Menu.buildFromTemplate(options.submenu) : undefined;
    this.#click = options.click;
  }
  click(): void {
    // A test clicks without an event, window or item, as Electron allows.
    Reflect.apply(this.#click ?? (() => undefined), undefined, []);
  }
}

export class Menu {
  readonly items: MenuItem[] = [];
  static readonly #application: { menu: Menu | null } = { menu: null };

  static buildFromTemplate(template: MenuItemConstructorOptions[]): Menu {
    const menu = new Menu();
    menu.items.push(...template.map((options) => new MenuItem(options)));
    return menu;
  }
  static setApplicationMenu(menu: Menu | null): void {
    Menu.#application.menu = menu;
  }
  static getApplicationMenu(): Menu | null {
    return Menu.#application.menu;
  }
  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }
}

class NativeImage {
  readonly #bytes: Buffer;
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }
  isEmpty(): boolean {
    return this.#bytes.length === 0;
  }
  setTemplateImage(_isTemplate: boolean): void {}
}

export const nativeImage = {
  /** Empty where there is no such file, as in Electron. */
  createFromPath: (file: string): NativeImage => new NativeImage(existsSync(file) ? readFileSync(file) : Buffer.alloc(0)),
};

export class Tray extends EventEmitter {
  #isDestroyed = false;

  constructor(image: NativeImage | string) {
    super();
    this.setImage(image);
  }
  setImage(image: NativeImage | string): void {
    if (typeof image !== 'string' && image.isEmpty()) throw new Error('stand-in: an empty tray image');
  }
  setToolTip(_text: string): void {}
  setContextMenu(_menu: Menu | null): void {}
  destroy(): void {
    this.#isDestroyed = true;
  }
  isDestroyed(): boolean {
    return this.#isDestroyed;
  }
}

/** Never says anything by itself; a test may make it emit `shutdown`. */
export const powerMonitor = new EventEmitter();

export const shell = {
  async openExternal(url: string): Promise<void> {
    console.error(`stand-in: opens ${url}`);
  },
};

export const dialog = {
  showErrorBox(title: string, content: string): void {
    console.error(`${title}: ${content}`);
  },
};

/** PAPERPLANE_STANDIN_KEYRING=none imitates a Linux desktop without a keyring. */
const hasKeyring = () => process.env.PAPERPLANE_STANDIN_KEYRING !== 'none';
const key = createHash('sha256').update('the keyring of the stand-in').digest();
const nonceBytes = 12;
const tagBytes = 16;

export const safeStorage = {
  isAsyncEncryptionAvailable: async (): Promise<boolean> => true, // true for basic_text as well, which protects nothing
  getSelectedStorageBackend: () => (hasKeyring() ? ('gnome_libsecret' as const) : ('basic_text' as const)),
  async encryptStringAsync(text: string): Promise<Buffer> {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  },
  async decryptStringAsync(sealed: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }> {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes));
    decipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
    const text = Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()]);
    return { result: text.toString('utf8'), shouldReEncrypt: false };
  },
};
