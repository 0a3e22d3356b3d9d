/** One `NAME=word` of a line. */
export interface Assignment {
  readonly name: string;
  readonly raw: string; // the word as it stands there, quotes and all
  readonly at: number; // where it stands in the line
  /** Which command of the line it belongs to, where that is `export`, which sees its words as they were before it; else null. */
  readonly command: number | null;
}

/** A double-quoted, single-quoted or bare piece. Substitutions of commands are no plain words. */
const word = /(?:"(?:[^"\\`]|\\.)*"|'[^']*'|\\.|[^\s;&|<>()"'`\\#]|(?<=[^\s;])#)*/y;
const exporting = /^(?:export|(?:declare|typeset) -(?:g?x|xg))\s+/;

export interface AssignmentLine {
  readonly assignments: readonly Assignment[];
  readonly exported: readonly string[]; // names; those of `export NAME`, without a value, too
}

/**
 * Reads a line of a POSIX shell (XCU 2.9.1) that does nothing but assign and export variables: `A=b`, `export A=b C="d" E; F=g # why`. null for
 * any other, such as one that runs a command with variables of its own.
 */
export function readAssignments(line: string): AssignmentLine | null {
  const assignments: Assignment[] = [];
  const exported: string[] = [];
  let isExporting = false;
  let command = 0;
  let at = 0;
  const take = (pattern: RegExp) => {
    const [match, name] = pattern.exec(line.slice(at)) ?? [];
    at += match?.length ?? 0;
    return name ?? match;
  };
  for (let isFirst = true; ; isFirst = false) {
    const gap = take(/^\s*(?:;\s*)?/);
    if (/^(?:#|$)/.test(line.slice(at))) break;
    if (gap === '' && !isFirst) return null;
    if (isFirst || gap?.includes(';')) {
      isExporting = take(exporting) !== undefined;
      command++;
    }
    const name = take(/^([A-Za-z_]\w*)(?==|[\s;]|$)/);
    if (name === undefined || (line[at] !== '=' && !isExporting)) return null;
    if (isExporting) exported.push(name);
    if (take(/^=/) === undefined) continue;
    word.lastIndex = at;
    const raw = word.exec(line)?.[0] ?? '';
    assignments.push({ name, raw, at, command: isExporting ? command : null });
    at += raw.length;
  }
  return assignments.length + exported.length === 0 ? null : { assignments, exported };
}

/** Takes the quotes off a word and puts the values of known variables in. null where it depends on more than those. */
export function expandWord(raw: string, known: ReadonlyMap<string, string>): string | null {
  let isKnown = true;
  const expand = (text: string) =>
    text.replace(/\\(.)|\$(?:(\w+)|\{(\w+)\}|.?)/gs, (_all, escaped, plain, braced) => {
      const value = escaped ?? known.get(plain ?? braced);
      isKnown &&= value !== undefined;
      return value ?? '';
    });
  const value = raw.replace(/"((?:[^"\\]|\\.)*)"|'([^']*)'|((?:\\.|[^"'\\])+)/gs, (_all, double, single, bare) =>
    single === undefined ? expand(double ?? bare) : single,
  );
  return isKnown ? value : null;
}
