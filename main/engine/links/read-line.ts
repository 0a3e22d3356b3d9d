import { isIP } from 'node:net';
import { LinkError } from '../errors.ts';
import type { ProxyDefinition, RawLink } from '../outbound.ts';
import { parseBare, parseColumns } from './bare.ts';
import { cleanText } from './clean-text.ts';
import { findLinkStart, splitChunks, splitPieces, splitWords, trimLeading, trimTrailing } from './cut.ts';
import { define, isTooLong, longestLinkBytes, parseUrl } from './parse-link.ts';

export interface LineResult {
  readonly found: readonly ProxyDefinition[];
  readonly rejected: readonly LinkError[];
  readonly isProse: boolean; // words, and nothing like a link among them
}

/** What is known of a line while its words are read. */
interface Findings {
  readonly found: Map<string, ProxyDefinition>; // by link: Markdown and HTML often hold the same link twice
  readonly rejected: LinkError[];
  readonly doubtful: LinkError[]; // counts only where nothing on the line is prose
  plainWords: number;
}

/** Finds the links of one line, however they are wrapped. Yields between two small steps of work, so that the caller can pause. */
export function* readLine(line: string): Generator<void, LineResult> {
  const findings: Findings = { found: new Map(), rejected: [], doubtful: [], plainWords: 0 };
  let isBlank = true;
  let hasTags = false;
  if (isComment(line)) return conclude(findings, 'comment');
  for (const chunk of splitChunks(line)) {
    const text = cleanText(chunk).trim();
    if (text === '') continue;
    isBlank = false;
    hasTags ||= /[<>]/.test(text);
    yield* readChunk(text, findings);
  }
  return conclude(findings, isBlank ? 'comment' : hasTags ? 'tags' : 'text');
}

// A hashtag starts no comment when a link follows it: "#proxy #socks5 https://t.me/socks?..."
function isComment(line: string): boolean {
  if (!/^[\s\ufeff]*(?:#|\/\/|;)/.test(line)) return false;
  const head = line.slice(0, longestLinkBytes);
  return !/^\s*#[\p{L}\p{N}_]+\s/u.test(head) || findLinkStart(head) < 0;
}

function* readChunk(text: string, findings: Findings): Generator<void> {
  if (hasNameWithBlanks(text)) return readUrl([text], findings);
  const isAlone = !/[\s"<>`]/.test(text);
  for (const word of splitWords(text)) yield* readWord(word, isAlone, findings);
  if (findings.found.size === 0) readColumns(text, findings);
}

// In a file with one link a line, names hold blanks.
function hasNameWithBlanks(text: string): boolean {
  const [, name] = /^[a-z][a-z\d+.-]{0,31}:\/\/[^\s#"<>`]*#(.*)$/i.exec(text) ?? [];
  return name !== undefined && /\s/.test(name) && !/:\/\/|[<>"`]|:\d{2}/.test(name);
}

function* readWord(word: string, isAlone: boolean, findings: Findings): Generator<void> {
  const pieces = splitPieces(word);
  for (let index = 0; index < pieces.length; ) {
    yield;
    const piece = pieces[index];
    if (piece === undefined) return;
    const start = findLinkStart(piece.text);
    if (start < 0) {
      readBare(piece.text, isAlone && pieces.length === 1, findings);
      index++;
      continue;
    }
    // Commas, semicolons and bars may be part of the link: the longest text that is one counts.
    let next = index + 1;
    while (next < pieces.length && next < index + mostPieces && !startsLink(pieces[next]?.text ?? '')) next++;
    const texts = pieces.slice(index, next).map(({ end }) => word.slice(piece.start + start, end));
    const isWhole = isAlone && start === 0 && next === pieces.length;
    readUrl(
      texts.reverse().flatMap((text) => (isWhole ? [text, trimTrailing(text)] : [trimTrailing(text)])),
      findings,
    );
    index = next;
  }
}

const mostPieces = 8;

function startsLink(text: string): boolean {
  if (findLinkStart(text) >= 0) return true;
  try {
    return parseBare(trimTrailing(trimLeading(text))) !== null;
  } catch {
    return true;
  }
}

/** The first of the texts that is a link is found; where none is, the last one's error is reported. */
function readUrl(texts: readonly string[], findings: Findings): void {
  const outcome = firstDefinition(texts, parseUrl);
  if (!(outcome instanceof LinkError)) findings.found.set(outcome.link, outcome);
  else if (outcome.code === 'is-subscription' || outcome.code === 'no-link') findings.doubtful.push(outcome);
  else findings.rejected.push(outcome);
}

function readBare(piece: string, isAlone: boolean, findings: Findings): void {
  if (!/[\p{L}\p{N}]/u.test(piece)) return;
  const text = trimLeading(piece);
  const trimmed = trimTrailing(text);
  const outcome = isTooLong(piece)
    ? new LinkError('no-link')
    : firstDefinition(isAlone ? [text, trimmed] : [trimmed], (link) => inProse(parseBare(link), isAlone));
  if (!(outcome instanceof LinkError)) findings.found.set(outcome.link, outcome);
  else if (outcome.code === 'no-link') findings.plainWords++;
  else if (/^\d+\.\d+\.\d+\.\d+:/.test(text)) findings.rejected.push(outcome);
  else findings.doubtful.push(outcome);
}

// "Mr.Smith:12" is no proxy.
function inProse(link: RawLink | null, isAlone: boolean): RawLink | null {
  return link && !isAlone && link.port < 80 && link.username === '' && isIP(link.host) === 0 ? null : link;
}

function readColumns(text: string, findings: Findings): void {
  if (text.length > longestRow) return;
  const [, host, port = '', type = '', more = ''] = columns.exec(text.replace(/<[^<>]*>/g, ' ')) ?? [];
  if (host === undefined) return;
  const link = parseColumns(host, port, type, more !== '');
  if (link === null) return;
  const definition = define(link);
  findings.found.set(definition.link, definition);
}

const longestRow = 2000;
// A number or a bullet may stand before the host.
const columns = /^[\s|*•-]{0,8}(?:\d{1,5}[.)]?[\s|]+)?([^\s,;|]{1,300})[\s,;|]+(\d{1,5})(?:[\s,;|]+([^\s,;|]+)\s*(.*))?[\s,;|]*$/;

function firstDefinition(texts: readonly string[], parse: (text: string) => RawLink | null): ProxyDefinition | LinkError {
  let last = new LinkError('no-link');
  for (const text of texts) {
    try {
      if (isTooLong(text)) throw new LinkError('link-too-long');
      return define(parse(text));
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      last = error;
    }
  }
  return last;
}

function conclude({ found, rejected, doubtful, plainWords }: Findings, kind: 'comment' | 'tags' | 'text'): LineResult {
  const errors = plainWords === 0 ? [...rejected, ...doubtful] : rejected;
  const isLoneWord = plainWords === 1 && doubtful.length === 0 && kind === 'text';
  if (found.size === 0 && errors.length === 0 && isLoneWord) errors.push(new LinkError('no-link'));
  const unique = new Map(errors.map((error) => [error.message, error]));
  return {
    found: [...found.values()],
    rejected: [...unique.values()],
    isProse: found.size === 0 && errors.length === 0 && kind !== 'comment',
  };
}
