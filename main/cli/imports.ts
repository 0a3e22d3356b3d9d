import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { buffer as readAll } from 'node:stream/consumers';
import type { Arguments } from '../../preload/contract.ts';
import type { Program } from '../program.ts';
import { type Options, UsageError } from './options.ts';
import type { Report } from './report.ts';

export interface Import {
  readonly given: Arguments<'importText'>;
  readonly isAgreed: boolean; // whoever typed it has said yes to the lists in it
}

const maxSourceLength = 200; // or the group could not be chosen

/** What is to be imported, by --import and --subscribe. Throws UsageError. */
export async function readImports({ imports, subscriptions }: Options): Promise<Import[]> {
  const read = await Promise.all(imports.map(readImport));
  const agreed = subscriptions.map((text) => ({ given: { text }, isAgreed: true }));
  return [...read.map((given) => ({ given, isAgreed: false })), ...agreed];
}

/**
 * What one --import brings: a file's text as a group of its name, or the value itself. Standard input (`-`) is read only once the endpoint
 * listens. Throws UsageError.
 */
async function readImport(value: string): Promise<Import['given']> {
  if (!value.startsWith('@')) return { text: value };
  const path = value.slice(1);
  try {
    return { text: decode(await readFile(path)), source: basename(path).slice(0, maxSourceLength) };
  } catch (error) {
    throw new UsageError(`--import cannot read ${path} (${error instanceof Error && 'code' in error ? error.code : error})`);
  }
}

/** UTF-8 or, as editors and shells of Windows like to write it, UTF-16. */
function decode(bytes: Buffer): string {
  const mark = bytes.toString('latin1', 0, 2);
  return new TextDecoder(mark === '\xff\xfe' ? 'utf-16le' : mark === '\xfe\xff' ? 'utf-16be' : 'utf-8').decode(bytes);
}

/** Standard input may never end by itself, and would keep a program from ending that still reads it. */
export function stopReading(imports: readonly Import[]): void {
  if (imports.some(isFromStandardInput)) process.stdin.destroy();
}

const isFromStandardInput = ({ given }: Import) => given.text === '-';

/** Imports one after the other and reports each. */
export async function importAll(
  { commands, store }: Pick<Program, 'commands' | 'store'>,
  imports: readonly Import[],
  report: Report,
): Promise<void> {
  for (const each of imports) {
    report.imported(await commands.importText(isFromStandardInput(each) ? { text: decode(await readAll(process.stdin)) } : each.given));
    const { pending } = store.getState();
    if (each.isAgreed && pending !== null) await commands.answerPending({ id: pending.id, accept: true });
  }
}
