/** The walls between the folders stand: one violation of each is planted in a copy of the house, and Biome must name every one. */
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { expect } from '../rigs/expect.ts';
import { assertNothingLeftOpen } from '../rigs/nothing-open.ts';

assertNothingLeftOpen();

const root = path.join(import.meta.dirname, '../..');
const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome');

/** Who imports what it must not. */
const forbidden: Readonly<Record<string, readonly string[]>> = {
  'main/engine': [
    'electron',
    '../control/dispatch.ts',
    '../shell/window.ts',
    '../system-proxy/journal.ts',
    '../../renderer/store.ts',
    '../../preload/index.ts',
    '../desktop.ts',
    '../headless.ts',
    '../start.ts',
  ],
  'main/engine/outbounds': ['electron/main', '../../control/dispatch.ts'],
  'main/control': ['electron', '../shell/window.ts', '../system-proxy/journal.ts', '../../renderer/store.ts', '../desktop.ts'],
  'main/system-proxy': ['electron', '../engine/engine.ts', '../control/dispatch.ts', '../shell/window.ts', '../../renderer/store.ts'],
  'main/shell': [
    '../engine/engine.ts',
    '../control/dispatch.ts',
    '../system-proxy/journal.ts',
    '../../renderer/store.ts',
    '../headless.ts',
  ],
  'main/cli': ['electron', '../shell/window.ts', '../desktop.ts'],
  renderer: ['electron', 'node:fs', '../main/engine/engine.ts', '../preload/index.ts'],
  'renderer/parts': ['node:net', '../../main/engine/errors.ts'],
  preload: ['node:fs', '../main/engine/engine.ts', '../renderer/store.ts'],
};
/** What must go on being allowed, or a wall would keep out everything. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'main/engine': ['node:net', 'zod', './errors.ts', '../../preload/contract.ts'],
  'main/control': ['node:http', '../engine/engine.ts', '../../preload/contract.ts'],
  'main/system-proxy': ['node:fs', '../../preload/contract.ts'],
  'main/shell': ['electron', 'node:path', '../../preload/contract.ts'],
  renderer: ['react', './store.ts', '../preload/contract.ts'],
  preload: ['electron', './contract.ts'],
};

/** Lints a house that has nothing but these files; resolves with the rules that each breaks. */
async function lint(files: ReadonlyMap<string, string>): Promise<(file: string) => string[]> {
  const house = await realpath(await mkdtemp(path.join(tmpdir(), 'paperplane-walls-')));
  try {
    for (const name of ['biome.json', 'package.json', '.gitignore']) await cp(path.join(root, name), path.join(house, name));
    for (const [file, text] of files) {
      await mkdir(path.join(house, path.dirname(file)), { recursive: true });
      await writeFile(path.join(house, file), text);
    }
    const command = [biome, 'lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=github', '.'];
    const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: house, timeout: 60_000 }).catch((error) => error);
    const found = [...stdout.matchAll(/^::error title=lint\/(\S+?),file=([^,]+),/gm)];
    return (file) => found.filter(([, , name]) => name === path.join(house, file)).map(([, rule]) => rule);
  } finally {
    await rm(house, { recursive: true, force: true });
  }
}

function plant(imports: Readonly<Record<string, readonly string[]>>, name: string): Map<string, string> {
  const files = Object.entries(imports).flatMap(([folder, targets]) =>
    targets.map((target, index): [string, string] => [
      `${folder}/${name}-${index}.ts`,
      `import * as target from '${target}';\nexport const seen = [target];\n`,
    ]),
  );
  return new Map(files);
}

test('each import over a wall is an error, and those through the doors are not', async () => {
  const over = plant(forbidden, 'over');
  const through = plant(allowed, 'through');
  const rulesBroken = await lint(new Map([...over, ...through]));
  for (const [file, text] of over) expect(rulesBroken(file), `${file}: ${text}`).toContain('style/noRestrictedImports');
  for (const [file, text] of through) expect(rulesBroken(file), `${file}: ${text}`).not.toContain('style/noRestrictedImports');
});

test('circles, default exports, enums, long files and long functions are errors', async () => {
  const lines = (count: number) => Array.from({ length: count }, (_, index) => `  console.assert(${index} >= 0);`).join('\n');
  const rulesBroken = await lint(
    new Map([
      ['main/engine/circle-a.ts', "import { b } from './circle-b.ts';\nexport const a = () => b;\n"],
      ['main/engine/circle-b.ts', "import { a } from './circle-a.ts';\nexport const b = () => a;\n"],
      ['main/engine/default.ts', 'export default 1;\n'],
      ['main/engine/enum.ts', 'export enum Colour {\n  Red,\n}\n'],
      ['main/engine/long-file.ts', `${Array.from({ length: 301 }, (_, index) => `export const n${index} = ${index};`).join('\n')}\n`],
      ['main/engine/long-function.ts', `export function long(): void {\n${lines(45)}\n}\n`],
      ['main/engine/floating.ts', 'const later = async (): Promise<void> => {};\nexport const start = (): void => {\n  later();\n};\n'],
    ]),
  );
  expect(rulesBroken('main/engine/circle-a.ts')).toContain('suspicious/noImportCycles');
  expect(rulesBroken('main/engine/default.ts')).toContain('style/noDefaultExport');
  expect(rulesBroken('main/engine/enum.ts')).toContain('style/noEnum');
  expect(rulesBroken('main/engine/long-file.ts')).toContain('style/noExcessiveLinesPerFile');
  expect(rulesBroken('main/engine/long-function.ts')).toContain('complexity/noExcessiveLinesPerFunction');
  expect(rulesBroken('main/engine/floating.ts')).toContain('nursery/noFloatingPromises');
});
