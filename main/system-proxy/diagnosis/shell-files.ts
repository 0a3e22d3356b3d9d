import { maskLine, type ProxyLine, splitLines } from './proxy-line.ts';
import { type Assignment, type AssignmentLine, expandWord, readAssignments } from './shell-words.ts';

/** Upper case too: curl does not read HTTP_PROXY, but most others do. */
export const isProxyVariable = (name: string): boolean => /^(?:https?|ftp|all)_proxy$/i.test(name);
const isHarmless = (name: string) => /^no_proxy$/i.test(name);

type ReadLine = (line: string) => AssignmentLine | null;
interface Dialect {
  readonly read: ReadLine;
  /** +1 where a function's body begins or goes deeper, -1 where it ends; what is in there happens only when somebody calls it. */
  readonly depth: (line: string, depth: number) => number;
  readonly unset: RegExp;
}

const posix: Dialect = {
  read: readAssignments,
  depth: (line, depth) => {
    if (/^\s*\}/.test(line)) return Math.max(0, depth - 1);
    const opens = depth > 0 ? /\{\s*(?:#.*)?$/ : /^\s*(?:function\s+[\w-]+\s*(?:\(\))?|[\w-]+\s*\(\))\s*\{?\s*(?:#.*)?$/;
    return opens.test(line) ? depth + 1 : depth;
  },
  unset: /^\s*unset\s+(?:-v\s+)?([\w\s]+)$/,
};

/** `set -gx NAME value`, in any order of its options; and `export NAME=value`, which fish has as well. */
const fish: Dialect = {
  read: (line) => {
    const [start = '', options = '', name = '', raw = ''] =
      /^\s*set((?:\s+-(?:-\w+|[a-zA-Z]+))+)\s+(\w+)\s+("[^"]*"|'[^']*'|[^\s;&|<>()"'#]+)\s*;?\s*(?:#.*)?$/.exec(line) ?? [];
    if (start === '') return /^\s*export\s/.test(line) ? readAssignments(line) : null;
    const isExported = /\s-(?:-export\b|[a-wyzA-Z]*x)/.test(options);
    const at = line.indexOf(raw, line.indexOf(name, line.indexOf(options) + options.length) + name.length);
    return { assignments: [{ name, raw, at }], exported: isExported ? [name] : [] };
  },
  depth: (line, depth) => {
    if (/^\s*end\b/.test(line)) return Math.max(0, depth - 1);
    return (depth > 0 ? /^\s*(?:function|if|for|while|switch|begin)\b/ : /^\s*function\s/).test(line) ? depth + 1 : depth;
  },
  unset: /^\s*set\s+(?:-\w*e\w*|--erase)\s+(?:-\S+\s+)*([\w\s]+)$/,
};

/** /etc/environment (pam_env) and environment.d (systemd): assignments alone, all of them exported. */
const plain: Dialect = {
  read: (line) => {
    const read = readAssignments(line);
    return read && { ...read, exported: read.assignments.map(({ name }) => name) };
  },
  depth: () => 0,
  unset: /(?!)/,
};

export const dialects = { posix, fish, plain } as const;

/**
 * The lines that make programs of new sessions use proxies. Of several that set the same variable the last one counts; what is not exported,
 * what is in a function and what needs a command to be known does not.
 */
export function findShellLines(text: string, { read, depth: deeper, unset }: Dialect): readonly ProxyLine[] {
  const known = new Map<string, string>();
  const exported = new Set<string>();
  const last = new Map<string, { readonly number: number; readonly text: string; readonly assignments: readonly Assignment[] }>();
  let depth = 0;
  for (const [index, line] of splitLines(text).entries()) {
    depth = deeper(line, depth);
    if (depth > 0) continue;
    for (const name of unset.exec(line)?.[1]?.split(/\s+/) ?? []) last.delete(name);
    const found = read(line);
    const setting = { number: index + 1, text: line, assignments: found?.assignments ?? [] };
    for (const { name, raw } of found?.assignments ?? []) {
      const value = expandWord(raw, known);
      if (value === null) known.delete(name);
      else known.set(name, value);
      last.set(name, setting);
    }
    for (const name of found?.exported ?? []) exported.add(name);
  }
  const wanted = [...last].filter(([name]) => isProxyVariable(name) && exported.has(name));
  return [...new Set(wanted.map(([, line]) => line))].map((line) => toProxyLine(line, known));
}

function toProxyLine(
  line: { number: number; text: string; assignments: readonly Assignment[] },
  known: ReadonlyMap<string, string>,
): ProxyLine {
  const { number, text, assignments } = line;
  const proxies = assignments.filter(({ name }) => isProxyVariable(name));
  const isWhole = assignments.every(({ name }) => isProxyVariable(name) || isHarmless(name));
  // A block must not become empty, which is a mistake in sh: `:` does nothing.
  const off = /^\s/.test(text) ? ': # ' : '# ';
  return {
    number,
    text,
    settings: proxies.map(({ name }) => ({ name, value: known.get(name) ?? null })),
    shown: maskLine(text, assignments),
    off: isWhole ? off : null,
  };
}
