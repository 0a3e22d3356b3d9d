import { maskLine, type ProxyLine, splitLines } from './proxy-line.ts';
import { type Assignment, type AssignmentLine, expandWord, readAssignments } from './shell-words.ts';

/** Upper case too: curl does not read HTTP_PROXY, but most others do. */
export const isProxyVariable = (name: string): boolean => /^(?:https?|ftp|all)_proxy$/i.test(name);
const isHarmless = (name: string) => /^no_proxy$/i.test(name);

type ReadLine = (line: string) => AssignmentLine | null;
interface Dialect {
  readonly read: ReadLine;
  /** How deep in a function the next line is, which happens only when somebody calls it. */
  readonly depth: (line: string, depth: number) => number;
  readonly unset: RegExp;
  /** What turns a line into a comment. */
  readonly off: (line: string) => string;
}

/** A block must not become empty, which is a mistake in sh: `:` does nothing. */
const nothing = (line: string) => (/^\s/.test(line) ? ': # ' : '# ');

const posix: Dialect = {
  read: readAssignments,
  depth: (line, depth) => {
    if (/^\s*\}|^[^{]*;\s*\}\s*(?:#.*)?$/.test(line)) return Math.max(0, depth - 1);
    const opens = depth > 0 ? /\{\s*(?:#.*)?$/ : /^\s*(?:(?:function\s+[\w-]+\s*(?:\(\))?|[\w-]+\s*\(\))\s*)?\{\s*(?:#.*)?$/;
    return opens.test(line) ? depth + 1 : depth;
  },
  unset: /^\s*unset\s+(?:-v\s+)?([\w\s]+)$/,
  off: nothing,
};

/** `set -gx NAME value`, in any order of its options; and `export NAME=value`, which fish has as well. */
const fish: Dialect = {
  read: (line) => {
    const [start = '', options = '', name = '', raw = ''] =
      /^\s*set((?:\s+-(?:-\w+|[a-zA-Z]+))+)\s+(\w+)\s+("[^"]*"|'[^']*'|[^\s;&|<>()"'#]+)\s*;?\s*(?:#.*)?$/.exec(line) ?? [];
    if (start === '') return /^\s*export\s/.test(line) ? readAssignments(line) : null;
    const isExported = /\s-(?:-export\b|[a-wyzA-Z]*x)/.test(options);
    const at = line.indexOf(raw, line.indexOf(name, line.indexOf(options) + options.length) + name.length);
    return { assignments: [{ name, raw, at, command: null }], exported: isExported ? [name] : [] };
  },
  depth: (line, depth) => {
    if (/^\s*end\b/.test(line)) return Math.max(0, depth - 1);
    if (/;\s*end\s*(?:#.*)?$/.test(line)) return depth;
    return (depth > 0 ? /^\s*(?:function|if|for|while|switch|begin)\b/ : /^\s*function\s/).test(line) ? depth + 1 : depth;
  },
  unset: /^\s*set\s+(?:-\w*e\w*|--erase)\s+(?:-\S+\s+)*([\w\s]+)$/,
  off: nothing,
};

/** /etc/environment (pam_env) and environment.d (systemd): assignments alone, all of them exported. */
const plain: Dialect = {
  read: (line) => {
    const read = readAssignments(line);
    return read && { ...read, exported: read.assignments.map(({ name }) => name) };
  },
  depth: () => 0,
  unset: /(?!)/,
  off: () => '# ',
};

export const dialects = { posix, fish, plain } as const;

interface SettingLine {
  readonly number: number;
  readonly text: string;
  readonly assignments: readonly Assignment[];
}

/**
 * The lines that make programs of new sessions use proxies. Of several that set the same variable the last one counts; what is not exported,
 * what is in a function and what needs a command to be known does not.
 */
export function findShellLines(text: string, { read, depth: deeper, unset, off }: Dialect): readonly ProxyLine[] {
  const known = new Map<string, string>();
  const exported = new Set<string>();
  const last = new Map<string, SettingLine>();
  let depth = 0;
  for (const [index, line] of splitLines(text).entries()) {
    const isInside = depth > 0;
    depth = deeper(line, depth);
    if (isInside || depth > 0) continue;
    for (const name of unset.exec(line)?.[1]?.split(/\s+/) ?? []) for (const variables of [last, known, exported]) variables.delete(name);
    const found = read(line);
    const setting = { number: index + 1, text: line, assignments: found?.assignments ?? [] };
    let before = { command: 0, known };
    for (const { name, raw, command } of found?.assignments ?? []) {
      if (command !== null && command !== before.command) before = { command, known: new Map(known) };
      const value = expandWord(raw, command === null ? known : before.known);
      if (value === null) known.delete(name);
      else known.set(name, value);
      last.set(name, setting);
    }
    for (const name of found?.exported ?? []) exported.add(name);
  }
  const wanted = [...last].filter(([name]) => isProxyVariable(name) && exported.has(name));
  return [...new Set(wanted.map(([, line]) => line))].map((line) => {
    const names = wanted.flatMap(([name, setIn]) => (setIn === line ? [name] : []));
    return toProxyLine(
      line,
      names.map((name) => ({ name, value: known.get(name) ?? null })),
      off,
    );
  });
}

function toProxyLine({ number, text, assignments }: SettingLine, settings: ProxyLine['settings'], off: Dialect['off']): ProxyLine {
  const isWhole = assignments.every(({ name }) => isProxyVariable(name) || isHarmless(name));
  return { number, text, settings, shown: maskLine(text, assignments), off: isWhole ? off(text) : null };
}
