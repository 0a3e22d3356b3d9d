import { create } from 'zustand';
import type { ImportReport, Rejection } from '../preload/contract.ts';
import { readQrImage } from './qr-image.ts';
import { readQrOnScreen } from './qr-screen.ts';
import { call } from './store.ts';

/** The limit of `importText`. */
const limitBytes = 8 * 1024 * 1024;

/** A paste ('' as name) or a file. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

/** A line that was not imported, kept with its text so that the person can correct it. */
export interface RejectedLine {
  readonly rejection: Rejection;
  readonly source: string; // the file's name, '' for a paste
  readonly line: number; // in that source, from 1
  readonly text: string;
}

export interface Imported {
  readonly report: ImportReport;
  readonly rejectedLines: readonly RejectedLine[];
}

interface ImportStore {
  /** What stands in the paste box: kept here so that it survives a change of view. */
  readonly draft: string;
  readonly busy: boolean;
  readonly imported: Imported | null;
  /** What the person should know about the last attempt. */
  readonly remark:
    | { readonly code: 'tooLarge' | 'onScreen' | 'noQrOnScreen' | 'screenUnseen' }
    | { readonly code: 'notText' | 'noQr'; readonly name: string }
    | null;
}

export const useImport = create<ImportStore>()(() => ({ draft: '', busy: false, imported: null, remark: null }));

export const setDraft = (draft: string): void => useImport.setState({ draft });
export const forgetImported = (): void => useImport.setState({ imported: null });

/** Imports the paste box and empties it; what was rejected stands in the report, text and all. */
export const importDraft = (): Promise<void> => importPasted('');

/** Imports what was pasted, together with what already stands in the box. */
export async function importPasted(text: string): Promise<void> {
  const whole = [useImport.getState().draft, text].filter((part) => part.trim() !== '').join('\n');
  if (whole !== '' && (await importSources([{ name: '', text: whole }]))) setDraft('');
}

/** Reads images as QR codes and other files as text, in UTF-8 or, as Windows likes to write it, UTF-16, and imports each as a group of its name. */
export async function importFiles(files: readonly File[]): Promise<void> {
  if (files.reduce((sum, file) => sum + file.size, 0) > 2 * limitBytes) return useImport.setState({ remark: { code: 'tooLarge' } });
  const sources: Source[] = [];
  for (const file of files) {
    const isImage = file.type.startsWith('image/');
    const text = isImage ? await readQrImage(file) : await readText(file);
    if (text === null) return useImport.setState({ remark: { code: isImage ? 'noQr' : 'notText', name: file.name } });
    sources.push({ name: file.name, text });
  }
  await importSources(sources);
}

/** Puts what a QR code on the screen says into the box, to be looked at and added: nobody has chosen it, as one chooses a picture. */
export async function takeFromScreen(): Promise<void> {
  useImport.setState({ remark: null });
  const code = await readQrOnScreen().then(
    (text) => {
      if (text === null) return 'noQrOnScreen';
      setDraft([useImport.getState().draft.trimEnd(), text].filter((part) => part !== '').join('\n'));
      return 'onScreen';
    },
    () => 'screenUnseen' as const,
  );
  useImport.setState({ remark: { code } });
}

/** Whether all of them were imported. */
export async function importSources(sources: readonly Source[]): Promise<boolean> {
  if (sources.length === 0 || useImport.getState().busy) return false;
  if (new Blob(sources.map(({ text }) => text)).size > limitBytes) {
    useImport.setState({ remark: { code: 'tooLarge' } });
    return false;
  }
  useImport.setState({ busy: true, remark: null });
  const imported: Imported[] = [];
  for (const source of sources) {
    const outcome = await call('importText', { text: source.text, ...(source.name !== '' && { source: groupOf(source) }) });
    if (!outcome.ok) break;
    imported.push(importedFrom(source, outcome.value));
  }
  useImport.setState({ busy: false });
  if (imported.some(saysSomething)) useImport.setState({ imported: together(imported) });
  return imported.length === sources.length;
}

/** Where there was nothing but addresses of lists, the question about them is the answer. */
function saysSomething({ report: { added, duplicates, ignoredLines, rejected } }: Imported): boolean {
  return added + duplicates + ignoredLines + rejected.length > 0;
}

/** Shows a report about text that never was here. */
export function showImported(report: ImportReport): void {
  useImport.setState({ imported: importedFrom({ name: '', text: '' }, report) });
}

/** A group is named after its file, within what `importText` takes. */
const groupOf = ({ name }: Source) => [...name].slice(0, 100).join('');

function importedFrom({ name, text }: Source, report: ImportReport): Imported {
  const lines = text.split(/\r\n|\r|\n/);
  const at = ({ line }: Rejection) => lines[line - 1] ?? '';
  return {
    report,
    rejectedLines: report.rejected.map((rejection) => ({ rejection, source: name, line: rejection.line, text: at(rejection) })),
  };
}

function together(all: readonly Imported[]): Imported {
  const sum = (count: (report: ImportReport) => number) => all.reduce((total, { report }) => total + count(report), 0);
  return {
    report: {
      added: sum(({ added }) => added),
      notSpoken: sum(({ notSpoken }) => notSpoken),
      duplicates: sum(({ duplicates }) => duplicates),
      ignoredLines: sum(({ ignoredLines }) => ignoredLines),
      rejected: all.flatMap(({ report }) => report.rejected),
    },
    rejectedLines: all.flatMap(({ rejectedLines }) => rejectedLines),
  };
}

async function readText(file: File): Promise<string | null> {
  try {
    const bytes = await file.arrayBuffer();
    const [first, second] = new Uint8Array(bytes);
    const encoding = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
    const text = new TextDecoder(encoding).decode(bytes);
    return text.includes('\0') ? null : text;
  } catch {
    return null;
  }
}
