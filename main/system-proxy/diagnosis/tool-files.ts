import { maskLine, type ProxyLine, splitLines } from './proxy-line.ts';

/** A setting in a line: its whole name, in lower case, and its value. */
interface Found {
  readonly name: string;
  readonly raw: string; // the value with its quotes
  readonly at: number; // where it stands in the line
}

/** git-config(1): `proxy` in the section `http`, for all sites or for one. */
export function findGitLines(text: string): readonly ProxyLine[] {
  let section = '';
  return findLines(text, '# ', (line) => {
    section = /^\s*\[([^\]]*)\]/.exec(line)?.[1] ?? section;
    if (!/^http(?:\s+"|$)/i.test(section)) return null;
    return found(/^\s*proxy\s*=\s*(?<raw>"[^"]*"|[^\s#;]*)\s*(?:[#;].*)?$/di.exec(line), `${section.replace(/\s+"(.*)"$/, '.$1')}.proxy`);
  });
}

/** npmrc(5): `key = value`; the comments begin with `;` or `#`. */
export function findNpmLines(text: string): readonly ProxyLine[] {
  return findLines(text, '; ', (line) => {
    const match = /^\s*(?<name>(?:https?-)?proxy)\s*=\s*(?<raw>"[^"]*"|'[^']*'|[^\s"'${}]*)\s*$/di.exec(line);
    return found(match, match?.groups?.name);
  });
}

const aptLine =
  /^(?<open>(?:\s*[\w:]+\s*\{)*)\s*(?<name>(?:\w+::)*Proxy(?:::[\w.-]+)?)\s+(?<raw>"[^"]*")\s*;(?<close>(?:\s*\}\s*;?)*)\s*(?:\/\/.*)?$/di;

/** apt.conf(5): `Acquire::http::Proxy "address";`, or nested in braces, on one line or on several. */
export function findAptLines(text: string): readonly ProxyLine[] {
  const blocks: string[] = [];
  return findLines(text, '// ', (line) => {
    const around = [...blocks];
    for (const [, opened] of line.replace(/\/\/.*|"[^"]*"/g, '').matchAll(/([\w:]+)\s*\{|\}/g)) {
      if (opened === undefined) blocks.pop();
      else blocks.push(opened);
    }
    const match = aptLine.exec(line);
    const { open = '', name = '' } = match?.groups ?? {};
    const opening = [...open.matchAll(/[\w:]+/g)].map(([block]) => block);
    // A line that opens or closes a block which goes on is needed.
    return blocks.length === around.length ? found(match, [...around, ...opening, name].join('::')) : null;
  });
}

function found(match: RegExpExecArray | null, name = ''): Found | null {
  const at = match?.indices?.groups?.raw?.[0];
  return at === undefined ? null : { name: name.toLowerCase(), raw: match?.groups?.raw ?? '', at };
}

/** Of several lines that set the same, the last one counts. */
function findLines(text: string, off: string, read: (line: string) => Found | null): readonly ProxyLine[] {
  const last = new Map<string, ProxyLine>();
  for (const [index, line] of splitLines(text).entries()) {
    const hit = read(line);
    if (hit === null) continue;
    const value = hit.raw.replace(/^(["'])(.*)\1$/s, '$2');
    last.set(hit.name, { number: index + 1, text: line, settings: [{ name: hit.name, value }], shown: maskLine(line, [hit]), off });
  }
  return [...last.values()];
}
