// SPDX-License-Identifier: GPL-2.0-or-later
/** The text of a log that is being edited, line by line: of a change only the lines that changed are read again. */
import type { Architecture } from '@specialbit/core/arch';
import { LogError, type LogEvent, type LogHeader, parseLog } from '@specialbit/events';
import { checkExpectedNames, type NumberedEvent } from '@specialbit/view';
import { type NameAt, namesIn } from './names.js';

/** A line, as it was read. */
export class DocumentLine {
  private found: readonly NameAt[] | undefined;

  constructor(
    /** Without what ends it. */
    readonly text: string,
    /** `none`: blank, or a comment. */
    readonly kind: 'header' | 'event' | 'bad' | 'none',
    readonly event?: LogEvent,
    /** What is wrong with it. Its line and file are not to be used. */
    readonly error?: LogError,
  ) {}

  /** The names in it, found once. */
  get names(): readonly NameAt[] {
    this.found ??= namesIn(this);
    return this.found;
  }
}

export interface LogDocument {
  readonly file: string;
  readonly lines: readonly DocumentLine[];
  /** Index of the header's line; -1 where there is none. */
  readonly headerLine: number;
  /** Undefined where it cannot be read. */
  readonly header: LogHeader | undefined;
  /** Events before the first line that cannot be read: what stands behind it may depend on it. */
  readonly events: readonly NumberedEvent[];
  /** Index of the first line that cannot be read; `lines.length` where all can. */
  readonly firstBad: number;
}

/** `before`: the document that this one was made of. */
export function readDocument(
  file: string,
  text: string,
  architectures: readonly Architecture[],
  before?: LogDocument,
): LogDocument {
  const texts = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  if (texts.at(-1) === '' && texts.length > 1) texts.pop();
  const headerLine = texts.findIndex((line) => !isNone(line));
  const lines = readLines(file, texts, headerLine, architectures, before);
  const header = headerOf(file, lines, headerLine, before);
  if (header.error !== undefined && headerLine >= 0) {
    lines[headerLine] = new DocumentLine(texts[headerLine]!, 'bad', undefined, header.error);
  }
  const bad = lines.findIndex(({ kind }) => kind === 'bad');
  const firstBad = bad < 0 ? lines.length : bad;
  const events = header.header === undefined ? [] : numbered(lines, firstBad, before);
  return { file, lines, headerLine, header: header.header, events, firstBad };
}

/** What the reader passes over. */
const isNone = (line: string): boolean => /^[\s\ufeff]*(?:#|\/\/|$)/.test(line);

function readLines(
  file: string,
  texts: readonly string[],
  headerLine: number,
  architectures: readonly Architecture[],
  before: LogDocument | undefined,
): DocumentLine[] {
  const old = before?.lines ?? [];
  const most = Math.min(old.length, texts.length);
  let head = 0;
  while (head < most && old[head]!.text === texts[head]) head++;
  let tail = 0;
  while (tail < most - head && old[old.length - 1 - tail]!.text === texts[texts.length - 1 - tail]) tail++;
  const end = texts.length - tail;
  const fresh = readEvents(file, texts.slice(head, end), architectures);
  const lines = [...old.slice(0, head), ...fresh, ...old.slice(old.length - tail)];
  // a header that is one no longer, and an event that has become one
  const formerly = before?.headerLine ?? -1;
  const shifted = formerly < head ? formerly : formerly + texts.length - old.length;
  for (const i of new Set([shifted, headerLine])) {
    const line = lines[i];
    if (line === undefined || line.kind === 'none') continue;
    if (i === headerLine) lines[i] = new DocumentLine(line.text, 'header');
    else if (line.kind === 'header' || line.kind === 'bad') lines[i] = readEvents(file, [line.text], architectures)[0]!;
  }
  return lines;
}

/** The reader wants a header in front. */
const ANY_HEADER = '{"specialbit":1}\n';

function readEvents(file: string, texts: readonly string[], architectures: readonly Architecture[]): DocumentLine[] {
  const lines: DocumentLine[] = texts.map((text) => new DocumentLine(text, 'none'));
  if (texts.every(isNone)) return lines;
  try {
    const log = parseLog(`${ANY_HEADER}${texts.join('\n')}\n`, { file, badLines: 'collect' });
    for (const error of log.diagnostics) put(lines, error.line - 2, 'bad', undefined, error);
    for (const [i, event] of log.events.entries()) {
      const error = nameError(file, event, architectures);
      put(lines, log.lines[i]! - 2, error === undefined ? 'event' : 'bad', event, error);
    }
    return lines;
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    // one of them makes the whole unreadable, a NUL byte for instance
    if (texts.length === 1) return [new DocumentLine(texts[0]!, 'bad', undefined, error)];
    return texts.flatMap((text) => readEvents(file, [text], architectures));
  }
}

function put(
  lines: DocumentLine[],
  at: number,
  kind: DocumentLine['kind'],
  event: LogEvent | undefined,
  error: LogError | undefined,
): void {
  const line = lines[at];
  if (line !== undefined) lines[at] = new DocumentLine(line.text, kind, event, error);
}

/** What an expectation names and there is none of: it would be about no lane, in silence. */
function nameError(file: string, event: LogEvent, architectures: readonly Architecture[]): LogError | undefined {
  if (event.type !== 'expect') return undefined;
  try {
    checkExpectedNames(event, { file, line: 0 }, architectures);
    return undefined;
  } catch (error) {
    if (error instanceof LogError) return error;
    throw error;
  }
}

interface HeaderOf {
  readonly header?: LogHeader;
  readonly error?: LogError;
}

function headerOf(
  file: string,
  lines: readonly DocumentLine[],
  headerLine: number,
  before: LogDocument | undefined,
): HeaderOf {
  const line = lines[headerLine];
  if (line === undefined) return {};
  // the same object, so that who has lanes of it knows
  if (before?.header !== undefined && before.lines[before.headerLine]?.text === line.text)
    return { header: before.header };
  try {
    // through the reader, which tells what is no header from a version that is newer
    return { header: parseLog(`${line.text}\n`, { file }).header };
  } catch (error) {
    if (error instanceof LogError) return { error };
    throw error;
  }
}

/** Events with their numbers; those that were the same before are the same objects. */
function numbered(lines: readonly DocumentLine[], end: number, before: LogDocument | undefined): NumberedEvent[] {
  const events: NumberedEvent[] = [];
  for (let i = 0; i < end; i++) {
    const { kind, event } = lines[i]!;
    if (kind !== 'event' || event === undefined) continue;
    const number = events.length + 1;
    const old = before?.events[number - 1];
    events.push(old?.event === event && old.line === i + 1 ? old : { number, line: i + 1, event });
  }
  return events;
}

/** The event of a line, from 0; undefined where there is none that is played. */
export function eventAt({ events }: LogDocument, line: number): NumberedEvent | undefined {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (events[middle]!.line < line + 1) low = middle + 1;
    else high = middle;
  }
  const found = events[low];
  return found?.line === line + 1 ? found : undefined;
}
