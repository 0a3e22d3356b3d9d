import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { type Desktop, noDesktop, startDesktop } from '../rigs/desktop.ts';
import { expect } from '../rigs/expect.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const left = { x: 60, y: 80, width: 700, height: 520 };
const placeOf = ({ electron }: Desktop) =>
  electron.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    return { bounds: window?.getNormalBounds(), isMaximized: window?.isMaximized() };
  });
const move = ({ electron }: Desktop, bounds: typeof left) =>
  electron.evaluate(({ BrowserWindow }, wanted) => BrowserWindow.getAllWindows()[0]?.setBounds(wanted), bounds);

async function openFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), 'paperplane-place-'));
  return { folder, file: path.join(folder, 'window.json'), [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

test('the window opens where it was left, and as large, even if the program quits at once', { skip: noDesktop }, async () => {
  await using data = await openFolder();
  {
    await using desktop = await startDesktop({ dataFolder: data.folder });
    await move(desktop, { ...left, width: 640 });
    await expect.poll(() => readFile(data.file, 'utf8').catch(() => '')).toContain('"width":640'); // would outlive a crash
    await move(desktop, left);
    await desktop.quit();
  }
  if (process.platform !== 'win32') expect((await stat(data.file)).mode & 0o777).toBe(0o600);
  await using desktop = await startDesktop({ dataFolder: data.folder });
  expect(await placeOf(desktop)).toEqual({ bounds: left, isMaximized: false });
});

test('a maximised window opens maximised, and is as it was before when it is not any more', {
  skip: noDesktop || (process.env.PAPERPLANE_ELECTRON === 'real' && process.platform === 'linux' && 'there is no window manager'),
}, async () => {
  await using data = await openFolder();
  await writeFile(data.file, JSON.stringify({ bounds: left, isMaximized: true }));
  await using desktop = await startDesktop({ dataFolder: data.folder });
  await expect.poll(() => placeOf(desktop)).toEqual({ bounds: left, isMaximized: true });
  await desktop.electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.unmaximize());
  await expect.poll(async () => JSON.parse(await readFile(data.file, 'utf8'))).toEqual({ bounds: left, isMaximized: false });
});

test('a position on a screen that is gone is not taken, but the size is', { skip: noDesktop }, async () => {
  await using data = await openFolder();
  await writeFile(data.file, JSON.stringify({ bounds: { ...left, x: 50_000 }, isMaximized: false }));
  await using desktop = await startDesktop({ dataFolder: data.folder });
  const { bounds } = await placeOf(desktop);
  expect(bounds).toMatchObject({ width: left.width, height: left.height });
  expect(bounds?.x).toBeLessThan(50_000);
});

test('a damaged file is as none', { skip: noDesktop }, async () => {
  await using data = await openFolder();
  await writeFile(data.file, '{"bounds":{"x":1e400,"y":0,"width":"7","height":null}}');
  await using desktop = await startDesktop({ dataFolder: data.folder });
  expect((await placeOf(desktop)).bounds).toMatchObject({ width: 900, height: 640 });
});
