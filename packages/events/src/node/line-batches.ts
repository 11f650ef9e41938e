// SPDX-License-Identifier: GPL-2.0-or-later
/** The lines of any text file, plain or compressed, in constant memory. */
import { LogError } from '../errors/log-error.js';
import { MAX_LINE_BYTES, MOST_EMPTY_LINES, NOTHING } from '../read/item.js';
import { anyText, joined } from '../read/utf8.js';
import { type LogSource, plainChunks } from './source.js';

const NEWLINE = 10;
const TEXT = 'text';

/** Lines that were read together. */
export interface LineBatch {
  /** The number of the first of them, from 1. */
  readonly first: number;
  /** Without their newlines; a carriage return stays. No batch is empty. */
  readonly lines: readonly string[];
  /** Bytes of the file that were read so far, compressed as they may be. */
  readonly bytesRead: number;
}

/** How the lines of a file are read. */
export interface LineOptions {
  /**
   * What compressed data that break off do: `throw` (default) throws behind the last whole line; `end` takes what
   * there is up to there as the file, for recordings of what was killed.
   */
  readonly cut?: 'throw' | 'end';
  /** What a NUL byte does: `throw` (default), because it is no text; `keep`, for logs of consoles, which have some. */
  readonly nul?: 'throw' | 'keep';
  /** In place of the file's own bytes: `file` is what it is called then. */
  readonly source?: LogSource;
}

/**
 * The lines of a file in batches, as many as a piece of it holds; gzip and zstd are recognised by their first bytes, and
 * what is not UTF-8 becomes U+FFFD. Throws a LogError, behind the lines before, when the file cannot be read, is no text,
 * has a line of more than 64 MiB, or millions of empty ones in a row, or its compressed data are damaged.
 */
export async function* readLineBatches(
  file: string,
  { cut: onCut = 'throw', nul = 'throw', source = file }: LineOptions = {},
): AsyncGenerator<LineBatch, void, void> {
  let bytesRead = 0;
  const onRead = (bytes: number): void => {
    bytesRead = bytes;
  };
  const chunks = plainChunks(source, file, { text: TEXT, onRead });
  /** The unfinished line, in the chunks it came in: snapshots have lines of many megabytes. */
  let rest: Uint8Array[] = [];
  let restBytes = 0;
  let first = 1;
  /** In a row, up to here. */
  let emptyLines = 0;
  const linesOf = (bytes: Uint8Array): string[] => {
    const text = anyText(bytes);
    if (nul === 'throw' && text.includes('\0')) throw binary(file, first, text);
    const lines = text.split('\n');
    emptyLines = text.trimStart() === '' ? emptyLines + lines.length : 0;
    if (emptyLines > MOST_EMPTY_LINES) throw new LogError({ ...NOTHING, file, line: first + lines.length - 1 });
    return lines;
  };
  try {
    for (;;) {
      const { done, value } = await chunks.next();
      if (done === true) {
        if (value !== undefined && (onCut === 'throw' || value.code !== 'log-truncated')) {
          throw new LogError({ ...value, file, line: first });
        }
        break;
      }
      const end = value.lastIndexOf(NEWLINE);
      if (end >= 0) {
        const lines = linesOf(joined([...rest, value.subarray(0, end)]));
        yield { first, lines, bytesRead };
        first += lines.length;
        rest = [];
        restBytes = 0;
      }
      const tail = value.subarray(end + 1);
      if (tail.length > 0) rest.push(tail);
      restBytes += tail.length;
      if (restBytes > MAX_LINE_BYTES) throw tooLong(file, first);
    }
    if (restBytes > 0) yield { first, lines: linesOf(joined(rest)), bytesRead };
  } finally {
    await chunks.return(undefined);
  }
}

/** `text`: lines from `first` on, one of which has a NUL byte. */
function binary(file: string, first: number, text: string): LogError {
  const line = first + text.slice(0, text.indexOf('\0')).split('\n').length - 1;
  return new LogError({ code: 'log-binary', file, line, expected: TEXT, found: 'a NUL byte' });
}

function tooLong(file: string, line: number): LogError {
  const expected = `a line of at most ${MAX_LINE_BYTES} bytes`;
  return new LogError({ code: 'line-too-long', file, line, expected, found: 'a longer one' });
}
