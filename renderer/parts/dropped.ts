import type { DropItem } from 'react-aria-components';
import { importFiles, importSources } from '../importing.ts';

/** Imports what was dropped: files, or text (a link that is dragged from a page comes as text too). */
export async function importDropped(items: readonly DropItem[]): Promise<void> {
  const files = await Promise.all(items.filter((item) => item.kind === 'file').map((item) => item.getFile()));
  if (files.length > 0) return importFiles(files);
  const texts = await Promise.all(items.filter((item) => item.kind === 'text').map((item) => item.getText(plainestOf(item.types))));
  await importSources(texts.map((text) => ({ name: '', text })));
}

function plainestOf(types: ReadonlySet<string>): string {
  return ['text/plain', 'text/uri-list', 'text/html'].find((type) => types.has(type)) ?? 'text/plain';
}
