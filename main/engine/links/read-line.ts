import { isIP } from 'node:net';
import type { LinkError } from '../errors.ts';
import type { ProxyDefinition, RawLink } from '../outbound.ts';
import { parseBare, parseColumns } from './bare.ts';
import { cleanText } from './clean-text.ts';
import { type Piece, splitChunks, splitPieces, splitWords } from './cut.ts';
import { conclude, createFindings, type Findings, firstDefinition, type LineResult } from './findings.ts';
import { findLinkStart } from './link-start.ts';
import { define, isTooLong, longestLinkBytes, parseUrl } from './parse-link.ts';
import { parseSubscriptionAddress } from './subscription-address.ts';
import { trimLeading, trimTrailing } from './trim.ts';

/** Finds the links of one line, however they are wrapped. Yields between two small steps of work, so that the caller can pause. */
export function* readLine(line: string): Generator<void, LineResult> {
  const findings = createFindings();
  if (isComment(line.slice(0, longestLinkBytes))) return conclude(findings, 'empty');
  let kind: Parameters<typeof conclude>[1] = 'empty';
  for (const chunk of splitChunks(line)) {
    yield;
    const text = cleanText(chunk).trim();
    if (text === '') continue;
    if (kind !== 'tags') kind = /[<>]/.test(text) ? 'tags' : 'text';
    yield* readChunk(text, findings);
  }
  return conclude(findings, kind);
}

// A hashtag starts no comment when a link follows it: "#proxy #socks5 https://t.me/socks?..."
function isComment(line: string): boolean {
  if (!/^[\s\ufeff]*(?:#|\/\/|;)/.test(line)) return false;
  return !/^[\s\ufeff]*#[\p{L}\p{N}_]+\s/u.test(line) || findLinkStart(line) < 0;
}

function* readChunk(text: string, findings: Findings): Generator<void> {
  if (hasNameWithBlanks(text)) return readUrl([text], findings);
  const isAlone = !/[\s"<>`]/.test(text);
  for (const word of splitWords(text)) {
    if (!signs.test(word) && letterOrDigit.test(word)) findings.plainWords++;
    else yield* readWord(word, isAlone, findings);
  }
  if (findings.found.size === 0) readColumns(text, findings);
}

// Without any of these a word is neither a link nor several.
const signs = /[:.?,;|，、；｜]/;
const letterOrDigit = /[\p{L}\p{N}]/u;

// In a file with one link a line, names hold blanks.
function hasNameWithBlanks(text: string): boolean {
  const [, name] = /^[a-z][a-z\d+.-]{0,31}:\/\/[^\s#"<>`]*#(.*)$/i.exec(text) ?? [];
  return name !== undefined && /\s/.test(name) && !/:\/\/|[<>"`]|:\d{2}/.test(name);
}

function* readWord(word: string, isAlone: boolean, findings: Findings): Generator<void> {
  const pieces = splitPieces(word);
  for (let index = 0; index < pieces.length; ) {
    yield;
    const piece = pieces[index] as Piece;
    const start = findLinkStart(piece.text);
    const next = start < 0 ? index + 1 : endOfLink(pieces, index);
    const isWhole = isAlone && index === 0 && next === pieces.length;
    if (start < 0) readBare(piece.text, isWhole, findings);
    else {
      const ends = pieces.slice(index, next).reverse();
      const texts = ends.map(({ end }) => word.slice(piece.start + start, end));
      readUrl(isWhole && start === 0 ? texts.flatMap((text) => [text, trimTrailing(text)]) : texts.map(trimTrailing), findings);
    }
    index = next;
  }
}

// Commas, semicolons and bars may be part of a link, which then goes on until the next one starts.
function endOfLink(pieces: readonly Piece[], index: number): number {
  let end = index + 1;
  while (end < pieces.length && end < index + mostPieces && !startsLink((pieces[end] as Piece).text)) end++;
  return end;
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

/** The longest text that is a link counts; where none is, the error of the shortest. */
function readUrl(texts: readonly string[], findings: Findings): void {
  const outcome = firstDefinition([...new Set(texts)], parseUrl);
  if (outcome === null) findings.plainWords++;
  else if (!('code' in outcome)) findings.found.set(outcome.link, outcome);
  else if (outcome.code === 'is-subscription') noteSubscription(texts.at(-1) ?? '', outcome, findings);
  else if (outcome.code === 'no-link') findings.doubtful.set(outcome.message, outcome);
  else findings.rejected.set(outcome.message, outcome);
}

// Web addresses stand in prose; the install links of programs are meant.
function noteSubscription(text: string, error: LinkError, { rejected, doubtful, subscriptions }: Findings): void {
  const isSure = !/^https?:/i.test(text);
  (isSure ? rejected : doubtful).set(error.message, error);
  const address = parseSubscriptionAddress(text);
  if (address) subscriptions.set(address.url, { address, isSure });
}

function readBare(piece: string, isWhole: boolean, findings: Findings): void {
  if (!letterOrDigit.test(piece)) return;
  const text = trimLeading(piece);
  const trimmed = trimTrailing(text);
  const texts = isWhole && text !== trimmed ? [text, trimmed] : [trimmed];
  const outcome = isTooLong(piece) ? null : firstDefinition(texts, (link) => defineUnlessProse(parseBare(link), isWhole));
  if (outcome === null) findings.plainWords++;
  else if (!('code' in outcome)) findings.found.set(outcome.link, outcome);
  else if (/^\d+\.\d+\.\d+\.\d+:/.test(text)) findings.rejected.set(outcome.message, outcome);
  else findings.doubtful.set(outcome.message, outcome);
}

// "Mr.Smith:12" is no proxy.
function defineUnlessProse(link: RawLink | null, isWhole: boolean): ProxyDefinition | null {
  const isProse = link === null || (!isWhole && link.port < 80 && link.username === '' && isIP(link.host) === 0);
  return isProse ? null : define(link);
}

// A number or a bullet may stand before the host.
const columns = /^[\s|*•-]{0,8}(?:\d{1,5}[.)]?[\s|]+)?([^\s,;|]{1,300})[\s,;|]+(\d{1,5})(?:[\s,;|]+([^\s,;|]+)\s*(.*))?[\s,;|]*$/;
const longestRow = 2000;

function readColumns(text: string, findings: Findings): void {
  if (text.length > longestRow) return;
  const [, host, port = '', type = '', more = ''] = columns.exec(text.replace(/<[^<>]*>/g, ' ')) ?? [];
  const link = host === undefined ? null : parseColumns(host, port, type, more !== '');
  if (link === null) return;
  const definition = define(link);
  findings.found.set(definition.link, definition);
}
