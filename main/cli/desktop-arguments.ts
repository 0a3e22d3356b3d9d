import { parseArgs } from 'node:util';
import { optionKinds } from './options.ts';

export interface DesktopArguments {
  /** Our own options, for parseOptions. */
  readonly options: readonly string[];
  /** Everything that is no option, such as clicked links. */
  readonly others: readonly string[];
}

/**
 * Sorts the command line of the desktop program. Chromium has hundreds of switches of its own (`--no-sandbox`), and the system adds
 * some: they are not ours to judge and are left out. After `--` nothing is an option.
 */
export function sortDesktopArguments(argv: readonly string[]): DesktopArguments {
  const { tokens } = parseArgs({ args: [...argv], strict: false, allowPositionals: true, options: optionKinds, tokens: true });
  const options = tokens.flatMap((token) => {
    if (token.kind !== 'option' || !Object.hasOwn(optionKinds, token.name)) return [];
    return [`--${token.name}${token.value === undefined ? '' : `=${token.value}`}`];
  });
  return { options, others: tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : [])) };
}
