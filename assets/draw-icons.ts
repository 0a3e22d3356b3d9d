/** Draws every icon from the plane below with a browser: `node assets/draw-icons.ts`. Run it after changing a picture. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Browser, chromium } from 'playwright';
import { findBrowser } from '../tests/rigs/browser.ts';

const blue = '#2459d3';
const svg = (content: string) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${content}</svg>`;

/** The program's icon: the plane of the interface. */
const icon = svg(`
  <rect width="32" height="32" rx="8" fill="${blue}"/>
  <path d="M25.5 6.5 5.8 14.1l7 3.3zm0 0-8.4 18.9-3.1-7.2z" fill="#fff"/>
  <path d="m12.8 17.4 12.7-10.9-11.6 11.9-.6 4.6z" fill="#bcd0ff"/>`);

/** The tray's plane fills its square. The three states differ in shape, for macOS shows only that, and some people see only that. */
const wings = 'M30 3 2 13.5l9.6 4.5ZM30 3 18 29.5l-4.4-10Z';
const fold = 'm11.6 18 18.4-15-16.4 16.5-.8 6.5z';
const tray = {
  ready: svg(`<path d="${wings}" fill="#2f7de1"/><path d="${fold}" fill="#2f7de1" opacity=".55"/>`),
  waiting: svg(`<path d="${wings}" fill="none" stroke="#8a94a6" stroke-width="2.2" stroke-linejoin="round"/>`),
  blocked: svg(`
    <mask id="gap"><rect width="32" height="32" fill="#fff"/><path d="M3 3 29 29" stroke="#000" stroke-width="7"/></mask>
    <g mask="url(#gap)"><path d="${wings}" fill="#d8453d"/><path d="${fold}" fill="#d8453d" opacity=".55"/></g>
    <path d="M4 4 28 28" stroke="#d8453d" stroke-width="3" stroke-linecap="round"/>`),
};

const sizes = [16, 32, 48, 64, 128, 256, 512, 1024] as const;
type Size = (typeof sizes)[number];
/** Apple's names for pictures of these sizes in an icns file. */
const icnsTypes: readonly (readonly [string, Size])[] = [
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic08', 256],
  ['ic13', 256],
  ['ic09', 512],
  ['ic14', 512],
  ['ic10', 1024],
];
const icoSizes = [16, 32, 48, 64, 128, 256] as const;

const folder = import.meta.dirname;
const browser = await chromium.launch(await findBrowser());
try {
  await drawAll(browser);
} finally {
  await browser.close();
}

async function drawAll(browser: Browser): Promise<void> {
  await mkdir(path.join(folder, 'icons'), { recursive: true });
  await mkdir(path.join(folder, 'tray'), { recursive: true });
  const pictures = new Map<Size, Buffer>();
  for (const size of sizes) pictures.set(size, await draw(browser, icon, size));
  const picture = (size: Size) => pictures.get(size) ?? Buffer.alloc(0);
  for (const size of sizes) if (size !== 1024) await writeFile(path.join(folder, `icons/${size}x${size}.png`), picture(size));
  await writeFile(path.join(folder, 'icon.png'), picture(256));
  await writeFile(path.join(folder, 'icon.ico'), icoFile(icoSizes.map((size) => ({ size, png: picture(size) }))));
  await writeFile(path.join(folder, 'icon.icns'), icnsFile(icnsTypes.map(([type, size]) => ({ type, png: picture(size) }))));
  for (const [name, drawing] of Object.entries(tray)) {
    await writeFile(path.join(folder, `tray/${name}.png`), await draw(browser, drawing, 16));
    await writeFile(path.join(folder, `tray/${name}@2x.png`), await draw(browser, drawing, 32));
  }
}

async function draw(browser: Browser, drawing: string, size: number): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${drawing}`);
  const png = await page.screenshot({ omitBackground: true });
  await page.close();
  return png;
}

/** Windows' container: a directory of 16-byte entries, then PNG files. 256 is written as 0. */
function icoFile(pictures: readonly { size: number; png: Buffer }[]): Buffer {
  const header = Buffer.from([0, 0, 1, 0, pictures.length, 0]);
  const entryBytes = 16;
  let offset = header.length + entryBytes * pictures.length;
  const entries = pictures.map(({ size, png }) => {
    const entry = Buffer.alloc(entryBytes);
    entry.writeUInt8(size % 256, 0);
    entry.writeUInt8(size % 256, 1);
    entry.writeUInt16LE(1, 4); // planes
    entry.writeUInt16LE(32, 6); // bits for each pixel
    entry.writeUInt32LE(png.length, 8);
    entry.writeUInt32LE(offset, 12);
    offset += png.length;
    return entry;
  });
  return Buffer.concat([header, ...entries, ...pictures.map(({ png }) => png)]);
}

/** Apple's container: chunks of a four-letter type and a length that counts itself, inside one such chunk. */
function icnsFile(pictures: readonly { type: string; png: Buffer }[]): Buffer {
  return icnsChunk('icns', Buffer.concat(pictures.map(({ type, png }) => icnsChunk(type, png))));
}

function icnsChunk(type: string, content: Buffer): Buffer {
  const head = Buffer.from(`${type}\0\0\0\0`, 'latin1');
  head.writeUInt32BE(head.length + content.length, 4);
  return Buffer.concat([head, content]);
}
