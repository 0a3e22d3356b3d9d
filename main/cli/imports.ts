import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import type { Commands } from '../../preload/contract.ts';
import { UsageError } from './options.ts';
import type { Report } from './report.ts';

/** The text of one --import, where it names a file; standard input (`-`) is read only once the endpoint listens. Throws UsageError. */
export async function readImportFile(value: string): Promise<string> {
  if (!value.startsWith('@')) return value;
  try {
    return await readFile(value.slice(1), 'utf8');
  } catch (error) {
    throw new UsageError(`--import cannot read ${value.slice(1)} (${error instanceof Error && 'code' in error ? error.code : error})`);
  }
}

/** Imports the texts one after the other and reports each. */
export async function importAll(commands: Commands, texts: readonly string[], report: Report): Promise<void> {
  for (const text of texts) {
    report.imported(await commands.importText({ text: text === '-' ? await readAll(process.stdin) : text }));
  }
}
