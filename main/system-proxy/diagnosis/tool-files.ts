import { maskLine, type ProxyLine, splitLines } from './proxy-line.ts';

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
    if (!/^\s*http(?:\s+"|\s*$)/i.test(section)) return null;
    const name = `${section.trim().replaceAll('"', '').replace(/\s+/, '.')}.proxy`;
    return found(/^\s*(?<name>proxy)\s*=\s*(?<raw>"[^"]*"|[^\s#;]+)\s*(?:[#;].*)?$/di.exec(line), name);
  });
}

/** npmrc(5): `key = value`; the comments begin with `;` or `#`. */
export function findNpmLines(text: string): readonly ProxyLine[] {
  return findLines(text, '; ', (line) =>
    found(/^\s*(?<name>(?:https?-)?proxy)\s*=\s*(?<raw>"[^"]*"|'[^']*'|[^\s"'${}]+)\s*$/di.exec(line)),
  );
}

const aptLine =
  /^(?<open>(?:\s*[\w:]+\s*\{)*)\s*(?<name>(?:\w+::)*Proxy(?:::[\w.-]+)?)\s+(?<raw>"[^"]*")\s*;(?<close>(?:\s*\}\s*;?)*)\s*(?:\/\/.*)?$/di;

/** apt.conf(5): `Acquire::http::Proxy "address";`, or nested in braces, on one line or on several. */
export function findAptLines(text: string): readonly ProxyLine[] {
  const count = (part = '', mark: string) => part.split(mark).length;
  return findLines(text, '// ', (line) => {
    const match = aptLine.exec(line);
    return count(match?.groups?.open, '{') === count(match?.groups?.close, '}') ? found(match) : null;
  });
}

function found(match: RegExpExecArray | null, name = match?.groups?.name ?? ''): Found | null {
  return match === null ? null : { name, raw: match.groups?.raw ?? '', at: match.indices?.groups?.raw?.[0] ?? 0 };
}

function findLines(text: string, off: string, read: (line: string) => Found | null): readonly ProxyLine[] {
  return splitLines(text).flatMap((line, index) => {
    const hit = read(line);
    if (hit === null) return [];
    const value = hit.raw.replace(/^(["'])(.*)\1$/s, '$2');
    return [{ number: index + 1, text: line, settings: [{ name: hit.name, value }], shown: maskLine(line, [hit]), off }];
  });
}
