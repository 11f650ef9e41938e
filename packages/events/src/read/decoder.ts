// SPDX-License-Identifier: GPL-2.0-or-later
import { decodeEvent } from '../codecs/event.js';
import { decodeHeader } from '../codecs/header.js';
import { type Upcaster, upcasterFor } from '../codecs/version.js';
import { quote } from '../errors/describe.js';
import { LogError, type LogErrorDetails, type Where } from '../errors/log-error.js';
import { type LogItem, MAX_LINE_BYTES, MOST_EMPTY_LINES, NOTHING, type ReadOptions } from './item.js';
import { jsonProblem } from './json-problem.js';
import { LineReader } from './line-reader.js';
import { anyText, joined, utf8 } from './utf8.js';

const NEWLINE = 10;
const HEADER = 'a header line such as {"specialbit":1}';
const TEXT = 'JSON Lines in UTF-8, plain or compressed with gzip or zstd';

const CUT_LINE = {
  code: 'log-truncated',
  expected: 'a whole line',
  found: 'the end of the file in the middle of it',
} as const;

/**
 * From bytes to items, one chunk at a time; it holds no more than one unfinished line. `push` and `end`
 * throw a LogError where reading stops; `take` has the items that are complete, then too.
 */
export class LogDecoder {
  readonly #file: string;
  readonly #collect: boolean;
  readonly #maxLineBytes: number;
  /** The unfinished line, in the chunks it came in. */
  #rest: Uint8Array[] = [];
  #restBytes = 0;
  /** In the rest of a line that was too long. */
  #skipping = false;
  #line = 0;
  /** Blank lines and comments in a row, up to the last of them. */
  #emptyLines = 0;
  #lastEmpty = 0;
  #started = false;
  #upcaster: Upcaster | undefined;
  readonly #reader = new LineReader();
  #items: LogItem[] = [];

  constructor(options: ReadOptions = {}) {
    this.#file = options.file ?? '<log>';
    this.#collect = options.badLines === 'collect';
    this.#maxLineBytes = options.maxLineBytes ?? MAX_LINE_BYTES;
  }

  /** The items since the last call. */
  take(): LogItem[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  push(chunk: Uint8Array): void {
    const end = chunk.lastIndexOf(NEWLINE);
    if (end < 0) {
      this.#hold(chunk);
      return;
    }
    let start = 0;
    if (this.#restBytes > 0 || this.#skipping) {
      start = chunk.indexOf(NEWLINE) + 1;
      this.#hold(chunk.subarray(0, start));
      this.#finishHeld();
    }
    if (start <= end) this.#lines(chunk.subarray(start, end + 1));
    if (end + 1 < chunk.length) this.#hold(chunk.subarray(end + 1));
  }

  /** `cut`: the source itself ended early, so that an unfinished line is no surprise; the error says how. */
  end(cut?: Omit<LogErrorDetails, 'file' | 'line'>): void {
    const whole = this.#restBytes === 0 || this.#skipping || this.#unfinished(cut !== undefined);
    if (cut !== undefined) this.#truncated(cut);
    else if (!whole) this.#truncated(CUT_LINE);
    if (this.#started) return;
    const line = Math.max(this.#line, 1);
    if (this.#line === 0) throw this.#error(line, { code: 'log-empty', expected: HEADER, found: 'an empty file' });
    throw this.#error(line, { code: 'header-missing', expected: HEADER, found: 'the end of the file' });
  }

  #hold(part: Uint8Array): void {
    if (this.#skipping || part.length === 0) return;
    if (part.includes(0)) throw this.#binary(this.#line + 1);
    this.#restBytes += part.length;
    if (this.#restBytes <= this.#maxLineBytes) {
      this.#rest.push(part);
      return;
    }
    this.#rest = [];
    this.#skipping = true;
    const expected = `a line of at most ${this.#maxLineBytes} bytes`;
    this.#bad(this.#error(this.#line + 1, { code: 'line-too-long', expected, found: 'a longer one' }));
  }

  /** The held line is complete, or has been skipped to its end. */
  #finishHeld(): void {
    const line = joined(this.#rest);
    const skipped = this.#skipping;
    this.#rest = [];
    this.#restBytes = 0;
    this.#skipping = false;
    if (skipped) this.#line++;
    else this.#lines(line);
  }

  /** Whole lines, each with its newline. */
  #lines(bytes: Uint8Array): void {
    const reader = this.#reader;
    /** All of the bytes as text, once a line needs it, where its offsets are theirs. */
    let ascii: string | false | undefined;
    for (let start = 0; start < bytes.length; ) {
      this.#line++;
      if (this.#started && this.#upcaster === undefined) {
        const event = reader.event(bytes, start);
        if (event !== undefined) {
          this.#items.push({ kind: 'event', event, line: this.#line });
          start = reader.next;
          continue;
        }
      }
      ascii ??= asciiText(bytes);
      const end = bytes.indexOf(NEWLINE, start);
      const text = ascii === false ? this.#text(bytes.subarray(start, end)) : ascii.slice(start, end);
      if (text !== undefined) this.#record(text);
      start = end + 1;
    }
  }

  /** Throws for binary data; a line in another encoding is a bad line: undefined. */
  #text(line: Uint8Array): string | undefined {
    if (line.includes(0)) throw this.#binary(this.#line);
    const text = utf8(line);
    if (text !== undefined) return text;
    const error = this.#error(this.#line, { code: 'log-encoding', expected: TEXT, found: 'bytes that are not UTF-8' });
    if (!this.#started) throw error;
    this.#bad(error);
    return undefined;
  }

  #binary(line: number): LogError {
    return this.#error(line, { code: 'log-binary', expected: TEXT, found: 'a NUL byte' });
  }

  #record(text: string): void {
    const line = this.#line;
    const first = firstCharacter(text);
    if (first === '' || first === '#' || (first === '/' && text.trimStart().startsWith('//'))) return this.#empty();
    try {
      const json = this.#parse(line === 1 && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
      if (this.#started) this.#event(json, line);
      else this.#header(json, line);
    } catch (error) {
      if (!(error instanceof LogError) || !this.#started) throw error;
      this.#bad(error);
    }
  }

  /** A line that says nothing. */
  #empty(): void {
    this.#emptyLines = this.#line === this.#lastEmpty + 1 ? this.#emptyLines + 1 : 1;
    this.#lastEmpty = this.#line;
    if (this.#emptyLines > MOST_EMPTY_LINES) throw this.#error(this.#line, NOTHING);
  }

  #header(json: unknown, line: number): void {
    const where: Where = { file: this.#file, line };
    this.#upcaster = upcasterFor(json, where);
    const header = decodeHeader(this.#upcaster === undefined ? json : this.#upcaster.header(json), where);
    this.#started = true;
    this.#items.push({ kind: 'header', header, line });
  }

  #event(json: unknown, line: number): void {
    const current = this.#upcaster === undefined ? json : this.#upcaster.event(json);
    this.#items.push({ kind: 'event', event: decodeEvent(current, { file: this.#file, line }), line });
  }

  #parse(text: string): unknown {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      const expected = this.#started ? 'a JSON object' : HEADER;
      throw this.#error(this.#line, { code: 'json-syntax', expected, found: syntaxProblem(text) });
    }
  }

  /** The last line, without newline: false when it stops in the middle. */
  #unfinished(cut: boolean): boolean {
    const bytes = joined(this.#rest);
    this.#rest = [];
    this.#restBytes = 0;
    this.#line++;
    if ((cut || this.#started) && !isWhole(anyText(bytes))) return false;
    const text = this.#text(bytes);
    if (text !== undefined) this.#record(text);
    return true;
  }

  #truncated(details: Omit<LogErrorDetails, 'file' | 'line'>): void {
    const line = Math.max(this.#line, 1);
    const error = this.#error(line, details);
    const damaged = details.code !== 'log-truncated' && !this.#collect;
    if (!this.#started || damaged) throw error;
    this.#items.push({ kind: 'diagnostic', diagnostic: error, line });
  }

  #bad(error: LogError): void {
    if (!this.#collect) throw error;
    this.#items.push({ kind: 'diagnostic', diagnostic: error, line: error.line });
  }

  #error(line: number, details: Omit<LogErrorDetails, 'file' | 'line'>): LogError {
    return new LogError({ file: this.#file, line, ...details });
  }
}

/** The text of the bytes; false where they are not all ASCII, or one is a NUL. */
function asciiText(bytes: Uint8Array): string | false {
  const text = utf8(bytes);
  return text !== undefined && text.length === bytes.length && !text.includes('\0') ? text : false;
}

/** The first character that is no blank (a byte order mark counts as one); empty for a blank line. */
function firstCharacter(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code !== 32 && code !== 9 && code !== 13 && code !== 0xfeff) return text[i]!;
  }
  return '';
}

/** Is there more to the text than the beginning of a JSON object that breaks off? */
function isWhole(text: string): boolean {
  return firstCharacter(text) !== '{' || jsonProblem(text) < text.length || isJson(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What stands where the text stops being JSON. */
function syntaxProblem(text: string): string {
  const first = firstCharacter(text);
  if (first !== '{' && first !== '[') return quote(text.trim());
  const at = jsonProblem(text);
  return at >= text.trimEnd().length
    ? 'a line that ends too early'
    : `${quote(text.slice(at, at + 12).trim())} at column ${at + 1}`;
}
